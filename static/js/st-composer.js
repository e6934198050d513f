/* <st-composer data-open>: opens and closes, counts the prompt, moves the focus; Ctrl+Enter works on the whole page.
   In the library it is one line until it is used, and again after a click elsewhere. */
customElements.define(
  "st-composer",
  class extends HTMLElement {
    static observedAttributes = ["data-open"];
    static open = false;

    /* A composer that replaces another is as open as that one was. */
    attributeChangedCallback() {
      this.constructor.open = this.hasAttribute("data-open");
    }

    connectedCallback() {
      this.toggleAttribute("data-open", this.constructor.open);
      if (this.contains(document.activeElement)) this.enter(document.activeElement);
      for (const name of ["input", "focusin"]) this.addEventListener(name, this);
      for (const name of this.pageEvents) document.addEventListener(name, this);
      this.count();
      this.showKind();
    }

    disconnectedCallback() {
      for (const name of this.pageEvents) document.removeEventListener(name, this);
    }

    pageEvents = ["click", "keydown", "htmx:after:swap"];

    get prompt() {
      return this.querySelector("textarea");
    }

    get form() {
      return this.querySelector("form");
    }

    handleEvent(event) {
      if (event.type === "keydown") this.press(event);
      else if (event.type === "input") this.typed(event.target);
      else if (event.type === "focusin") this.enter(event.target);
      else if (event.type === "click") this.leave(event);
      else this.swapped(event.detail.ctx);
    }

    /* Generate is in the closed line too. If it opened the composer, it would move away from under the pointer. */
    enter(target) {
      if (!target.closest(".composer__submit")) this.toggleAttribute("data-open", true);
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
        this.querySelector("st-steps").generate();
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

    /* Scroll the kinds until the chosen one is visible. */
    showKind() {
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

    /* Ask the server what a prompt with variables makes and costs. */
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
      const [written, limit, kept] = [length, most, Number(counter.dataset.kept)].map((count) => count.toLocaleString("en"));
      counter.textContent = length > most * 0.9 ? `${written} of ${limit}` : "";
      if (length > counter.dataset.kept) counter.textContent += `. A draft keeps the first ${kept}.`;
    }

    /* After a step the fields for an address and a table are empty: the server has taken what they held. */
    swapped({ target, sourceElement }) {
      if (target?.id !== "composer") return;
      if (sourceElement?.id !== "composer-form") this.toggleAttribute("data-open", true);
      this.count();
      this.showKind();
      for (const field of this.querySelectorAll('[type="url"], #composer-rows-file')) field.value = "";
      const wrong = this.querySelector('[aria-invalid="true"], .slot[data-invalid] button');
      wrong?.closest("details")?.toggleAttribute("open", true);
      if (this.querySelector("#composer-problems")) (wrong ?? this.prompt).focus();
    }
  },
);
