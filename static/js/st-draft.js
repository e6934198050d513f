/* <st-draft data-url>: keeps what stands in the form on the server, 1 s after the last change and
   at once when the page is left. Until the server has it, the text is in this tab's own storage. */
customElements.define(
  "st-draft",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.closest("form");
      this.wide = [
        [this.form, ["input", "change", "focusout"]],
        [document, ["visibilitychange", "htmx:before:request", "htmx:after:swap"]],
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
      return `draft:${this.form.elements.composition.value}`;
    }

    handleEvent(event) {
      if (event.type === "input" || event.type === "change") event.detail?.shown || this.changed();
      else if (event.type === "htmx:before:request") this.stepped(event.detail.ctx.sourceElement);
      else if (event.type === "htmx:after:swap") this.arrived();
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
      this.sent = this.form.elements.prompt.value;
    }

    arrived() {
      if (this.sent !== undefined) this.saved(this.mark, this.sent);
      this.sent = undefined;
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

    /* What the page was left with before the server had it. */
    restore() {
      const [prompt, kept] = [this.form.elements.prompt, sessionStorage.getItem(this.mark)];
      if (kept === null) return;
      sessionStorage.removeItem(this.mark);
      if (prompt.value === kept) return;
      prompt.value = kept;
      prompt.dispatchEvent(new Event("input", { bubbles: true }));
    }
  },
);
