/* <st-composer>: the sheet, the counter, Ctrl+Enter, and focus.
   Ctrl+Enter works from the whole page; Generate, pressed while a step is on its way, waits for it. */
customElements.define(
  "st-composer",
  class extends HTMLElement {
    static step = null;
    static wanted = false;
    static waiting = [];

    connectedCallback() {
      for (const name of ["input", "focusin"]) this.addEventListener(name, this);
      this.addEventListener("click", this, true);
      for (const name of this.wide) document.addEventListener(name, this);
      this.count();
      this.show();
      queueMicrotask(() => this.arrived());
    }

    disconnectedCallback() {
      for (const name of this.wide) document.removeEventListener(name, this);
    }

    wide = ["pointerdown", "keydown", "htmx:before:request", "htmx:finally:request", "htmx:after:swap"];

    get prompt() {
      return this.querySelector("textarea");
    }

    get form() {
      return this.querySelector("form");
    }

    handleEvent(event) {
      if (event.type === "keydown") this.press(event);
      else if (event.type === "input") this.typed(event.target);
      else if (event.type === "focusin") this.toggleAttribute("data-open", true);
      else if (event.type === "click") this.hold(event);
      else if (event.type === "pointerdown") this.leave(event);
      else if (event.type === "htmx:after:swap") this.swapped(event.detail.ctx);
      else if (event.type.startsWith("htmx:")) this.steps(event.type, event.detail.ctx);
    }

    /* A step is any request that answers with the composer; the press of Generate is none. */
    steps(type, ctx) {
      const own = this.constructor;
      const source = ctx.sourceElement;
      if (type === "htmx:finally:request") return source === own.step && this.arrived();
      if (source !== this.form && source.getAttribute("hx-target") === "#composer") own.step = source;
    }

    arrived() {
      const own = this.constructor;
      const wanted = own.wanted;
      own.step = null;
      if (!this.isConnected) return;
      if (own.waiting.length) return this.put(own.waiting.shift());
      own.wanted = false;
      if (wanted) this.generate();
    }

    /* One step after the other: each starts from what the one before it left. */
    put(value) {
      const own = this.constructor;
      if (own.step) return own.waiting.push(value);
      const button = this.querySelector("#composer-put");
      button.value = value;
      own.step = button;
      button.click();
    }

    generate() {
      if (this.constructor.step) this.constructor.wanted = true;
      else this.form.requestSubmit(this.querySelector(".composer__submit"));
    }

    hold(event) {
      if (!this.constructor.step || !event.target.closest(".composer__submit")) return;
      event.preventDefault();
      event.stopPropagation();
      this.constructor.wanted = true;
    }

    leave(event) {
      if (!this.contains(event.target) && !event.target.closest("dialog, [data-compose]"))
        this.removeAttribute("data-open");
    }

    press(event) {
      const inside = this.contains(event.target);
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        if (!inside && event.target.closest("dialog, form, [popover]")) return;
        event.preventDefault();
        this.generate();
      } else if (!inside) return;
      else if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        if (event.target.dataset.enter === "next")
          event.target.parentElement.querySelector("button").click();
      } else if (event.altKey && event.code === "KeyS") {
        event.preventDefault();
        this.querySelector("#composer-swap")?.click();
      } else if (event.key === "Escape" && !this.querySelector(":popover-open")) {
        this.removeAttribute("data-open");
      }
    }

    /* The chosen kind is in sight where the kinds scroll. */
    show() {
      const kinds = this.querySelector(".composer__kinds");
      const chosen = kinds.querySelector("input:checked")?.parentElement;
      if (!chosen || kinds.scrollWidth <= kinds.clientWidth) return;
      const [box, own] = [kinds.getBoundingClientRect(), chosen.getBoundingClientRect()];
      if (own.left < box.left || own.right > box.right)
        kinds.scrollLeft += own.left - box.left - (box.width - own.width) / 2;
    }

    typed(field) {
      if (field === this.prompt) this.count();
      if (field === this.prompt || field.name === "rows") this.requote();
    }

    /* What a prompt with braces or rows comes to, the server knows. */
    requote() {
      const { prompt, rows } = this.form.elements;
      if (prompt.value.includes("{") || rows.value || this.querySelector(".expansions"))
        this.querySelector("#composer-settings").dispatchEvent(new Event("requote"));
    }

    /* Counted in code points, as the API counts. */
    count() {
      const counter = this.querySelector("#composer-counter");
      const most = Number(counter.dataset.most);
      const length = [...this.prompt.value].length;
      counter.toggleAttribute("data-over", length > most);
      const [said, limit, kept] = [length, most, Number(counter.dataset.kept)].map((count) => count.toLocaleString("en"));
      counter.textContent = length > most * 0.9 ? `${said} of ${limit}` : "";
      if (length > counter.dataset.kept) counter.textContent += `. A draft keeps the first ${kept}.`;
    }

    /* An address or a table that was taken lies in its place now; the field is for the next. A price takes none. */
    swapped({ target }) {
      if (target?.id !== "composer") return;
      this.count();
      this.show();
      for (const field of this.querySelectorAll('[type="url"], #composer-rows-file')) field.value = "";
      const wrong = this.querySelector('[aria-invalid="true"], .slot[data-invalid] button');
      wrong?.closest("details")?.toggleAttribute("open", true);
      if (this.querySelector("#composer-problems")) (wrong ?? this.prompt).focus();
    }
  },
);
