/* <st-history data-url>: Alt with ↑ and ↓ in the prompt goes through the prompts that were sent. The text that
   was being typed is number 0 and is never lost; the list is fetched at the first use. */
customElements.define(
  "st-history",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.closest("form");
      this.place = 0;
      for (const name of ["keydown", "input"]) this.form.addEventListener(name, this);
      document.addEventListener("htmx:before:request", this);
    }

    disconnectedCallback() {
      for (const name of ["keydown", "input"]) this.form.removeEventListener(name, this);
      document.removeEventListener("htmx:before:request", this);
    }

    get prompt() {
      return this.form.elements.prompt;
    }

    handleEvent(event) {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.type === "htmx:before:request") {
        if (event.detail.ctx.sourceElement === this.form) this.texts = null;
      } else if (event.target !== this.prompt) return;
      else if (event.type === "input" && !this.showing) this.place = 0;
      else if (way && event.altKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.go(way);
      }
    }

    async go(way) {
      if (!this.place) this.typed = this.prompt.value;
      this.texts ??= await this.load();
      const texts = (this.texts ?? []).filter((text) => text !== this.typed);
      this.place = Math.min(texts.length, Math.max(0, this.place + way));
      this.show(this.place ? texts[this.place - 1] : this.typed);
      const said = texts.length ? `Prompt ${this.place} of ${texts.length}` : "No prompts yet";
      document.getElementById("announcer").textContent = this.place || !texts.length ? said : "What you were typing";
    }

    async load() {
      const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
      return answer?.ok ? (await answer.json()).prompts : null;
    }

    /* An event with `shown` tells st-draft not to save a prompt that is only shown. */
    show(text) {
      this.prompt.value = text;
      this.showing = true;
      this.prompt.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: { shown: this.place > 0 } }));
      this.showing = false;
    }
  },
);
