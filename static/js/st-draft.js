/* <st-draft data-url>: keeps what stands in the form on the server, 1 s after the last change and
   at once when the page is left. Until the server has it, the text is in this tab's own storage. */
customElements.define(
  "st-draft",
  class extends HTMLElement {
    static restored = false;

    connectedCallback() {
      this.form = this.closest("form");
      this.wide = [
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
      for (const [target, names] of this.wide) for (const name of names) target[way](name, this);
    }

    get mark() {
      return `draft:${this.dataset.url}:${this.form.elements.composition.value}`;
    }

    handleEvent(event) {
      if (event.type === "input" || event.type === "change") event.detail?.shown || this.changed();
      else if (event.type === "htmx:before:request") this.stepped(event.detail.ctx.sourceElement);
      else if (event.type === "htmx:before:swap") this.arrived(event.detail.ctx);
      else if (this.timer && (event.type !== "visibilitychange" || document.hidden)) this.save();
    }

    changed() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), 1000);
      this.store(this.form.elements.prompt.value);
    }

    /* A step carries the form with it, and the server keeps what it sees. */
    stepped(source) {
      if (source !== this.form && source.getAttribute("hx-target") !== "#composer") return;
      clearTimeout(this.timer);
      this.timer = 0;
      this.step = [source, this.form.elements.prompt.value];
    }

    /* Before another composer takes this one's place. A refusal at the door, 403 or 413, has not kept anything. */
    arrived({ sourceElement, response }) {
      const [source, text] = this.step ?? [];
      if (!source || source !== sourceElement) return;
      this.step = undefined;
      if ([200, 422].includes(response.status)) this.saved(this.mark, text);
    }

    saved(mark, text) {
      if (sessionStorage.getItem(mark) === text) sessionStorage.removeItem(mark);
    }

    async save() {
      clearTimeout(this.timer);
      this.timer = 0;
      const [mark, text] = [this.mark, this.form.elements.prompt.value];
      const body = new FormData(this.form);
      for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
      const keepalive = text.length + this.form.elements.rows.value.length < 15000;
      try {
        const { status } = await fetch(this.dataset.url, { method: "POST", body, keepalive });
        if (status === 204) this.saved(mark, text);
      } catch {
        if (this.isConnected) this.timer ||= setTimeout(() => this.save(), 5000);
      }
    }

    store(text) {
      try {
        sessionStorage.setItem(this.mark, text);
      } catch {
        /* Full or forbidden: the server has it a second later. */
      }
    }

    /* What the page was left with before the server had it; a first text has no draft there, and is looked
       for once, when the page comes. */
    restore() {
      const first = !this.constructor.restored;
      this.constructor.restored = true;
      const prompt = this.form.elements.prompt;
      const here = `draft:${this.dataset.url}:`;
      const unsaved = Object.keys(sessionStorage).filter((one) => one.startsWith(here));
      const mark = unsaved.includes(this.mark) ? this.mark : first && !prompt.value.trim() && unsaved[0];
      if (!mark) return;
      const kept = sessionStorage.getItem(mark);
      sessionStorage.removeItem(mark);
      if (prompt.value === kept) return;
      prompt.value = kept;
      prompt.dispatchEvent(new Event("input", { bubbles: true }));
    }
  },
);
