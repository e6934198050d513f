/* <st-composer>: the sheet, the counter, Ctrl+Enter, and focus. Ctrl+Enter works from the whole page.
   Generate, pressed while a step or a file is on its way, waits for it, and stays away if that fails. */
customElements.define(
  "st-composer",
  class extends HTMLElement {
    static steps = new Set();
    static files = 0;
    static wanted = false;
    static waiting = [];

    connectedCallback() {
      for (const name of ["input", "focusin"]) this.addEventListener(name, this);
      this.addEventListener("click", this, true);
      for (const name of this.wide) document.addEventListener(name, this);
      this.count();
      this.show();
      queueMicrotask(() => this.begin());
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
      const { steps } = this.constructor;
      const source = ctx.sourceElement;
      if (type === "htmx:finally:request") return steps.delete(ctx) && this.arrived(ctx.response?.status === 200);
      if (source === this.form || source.getAttribute("hx-target") !== "#composer") return;
      steps.delete(source);
      steps.add(ctx);
    }

    /* A composer that took the place of another is the answer to a step; what that one sent came to nothing. */
    begin() {
      this.constructor.steps.clear();
      this.arrived();
    }

    arrived(well = true) {
      const own = this.constructor;
      own.wanted &&= well;
      if (!this.isConnected || own.steps.size) return;
      if (own.waiting.length) return this.put(own.waiting.shift());
      if (!own.wanted || own.files) return;
      own.wanted = false;
      this.generate();
    }

    /* One step after the other: each starts from what the one before it left. */
    put(value) {
      const own = this.constructor;
      if (own.steps.size) return own.waiting.push(value);
      const button = this.querySelector("#composer-put");
      button.value = value;
      own.steps.add(button);
      button.click();
    }

    /* A file sets out; then its reference is put where it belongs, or it was refused. */
    leaves() {
      this.constructor.files += 1;
    }

    arrives(value) {
      this.constructor.files -= 1;
      if (value) this.put(value);
      else this.arrived(false);
    }

    /* Whether Generate has to wait; then it goes by itself. */
    waits() {
      const own = this.constructor;
      own.wanted = Boolean(own.steps.size || own.files);
      return own.wanted;
    }

    generate() {
      if (!this.waits()) this.form.requestSubmit(this.querySelector(".composer__submit"));
    }

    hold(event) {
      if (!event.target.closest(".composer__submit") || !this.waits()) return;
      event.preventDefault();
      event.stopPropagation();
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
