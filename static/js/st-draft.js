/* <st-draft data-url>: saves the form on the server, 1 s after the last change and at once when the page is
   left. Until it is saved, the prompt is in this tab's own storage. */
customElements.define(
  "st-draft",
  class extends HTMLElement {
    static restored = false;
    static keptAlive = 15000; // characters: browsers send at most 64 KiB after the page is left

    connectedCallback() {
      this.form = this.closest("form");
      this.targets = [
        [this.form, ["input", "change", "focusout"]],
        [document, ["visibilitychange", "htmx:before:request", "htmx:before:swap"]],
        [window, ["pagehide", "online"]],
      ];
      this.listen("addEventListener");
      this.restore();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      this.listen("removeEventListener");
    }

    listen(way) {
      for (const [target, names] of this.targets) for (const name of names) target[way](name, this);
    }

    /* The prompt's name in the tab's storage. */
    get storageKey() {
      return `draft:${this.dataset.url}:${this.form.elements.composition.value}`;
    }

    handleEvent(event) {
      if (event.type === "input" || event.type === "change") {
        if (!event.detail?.shown) this.changed();
      } else if (event.type === "htmx:before:request") this.stepped(event.detail.ctx);
      else if (event.type === "htmx:before:swap") this.arrived(event.detail.ctx);
      else if (this.timer && (event.type !== "visibilitychange" || document.hidden)) this.save();
    }

    changed() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), 1000);
      this.store(this.form.elements.prompt.value);
    }

    /* A step sends the whole form, and the server saves it. */
    stepped({ sourceElement, target }) {
      if (!target?.contains(this.form)) return;
      clearTimeout(this.timer);
      this.timer = 0;
      this.step = [sourceElement, this.form.elements.prompt.value];
    }

    /* Another composer is about to replace this one. With 403 or 413 nothing was saved. */
    arrived({ sourceElement, response }) {
      const [source, text] = this.step ?? [];
      if (!source || source !== sourceElement) return;
      this.step = undefined;
      if ([200, 422].includes(response.status)) this.saved(this.storageKey, text);
    }

    saved(key, text) {
      if (sessionStorage.getItem(key) === text) sessionStorage.removeItem(key);
    }

    async save() {
      clearTimeout(this.timer);
      this.timer = 0;
      const [key, text] = [this.storageKey, this.form.elements.prompt.value];
      const body = new FormData(this.form);
      for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
      const keepalive = text.length + this.form.elements.rows.value.length < this.constructor.keptAlive;
      try {
        const { status } = await fetch(this.dataset.url, { method: "POST", body, keepalive });
        if (status === 204) this.saved(key, text);
      } catch {
        if (this.isConnected) this.timer ||= setTimeout(() => this.save(), 5000);
      }
    }

    store(text) {
      try {
        sessionStorage.setItem(this.storageKey, text);
      } catch {
        /* Full or forbidden: the server saves it a second later. */
      }
    }

    /* Put back a prompt that was not saved before the page was left. The prompt of a draft that the server
       does not have is put back only once, when the page loads. */
    restore() {
      const first = !this.constructor.restored;
      this.constructor.restored = true;
      const prompt = this.form.elements.prompt;
      const start = `draft:${this.dataset.url}:`;
      const unsaved = Object.keys(sessionStorage).filter((one) => one.startsWith(start));
      const key = unsaved.includes(this.storageKey) ? this.storageKey : first && !prompt.value.trim() && unsaved[0];
      if (!key) return;
      const text = sessionStorage.getItem(key);
      sessionStorage.removeItem(key);
      if (prompt.value === text) return;
      prompt.value = text;
      prompt.dispatchEvent(new Event("input", { bubbles: true }));
    }
  },
);
