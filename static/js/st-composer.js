/* <st-composer>: the sheet, the counter, the draft that outlives a reload, Ctrl+Enter, and focus. */
customElements.define(
  "st-composer",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["keydown", "input", "focusin", "htmx:after:swap"])
        this.addEventListener(name, this);
      document.addEventListener("pointerdown", this);
      this.restore();
      this.count();
    }

    disconnectedCallback() {
      document.removeEventListener("pointerdown", this);
    }

    get prompt() {
      return this.querySelector("textarea");
    }

    get form() {
      return this.querySelector("form");
    }

    handleEvent(event) {
      if (event.type === "keydown") this.press(event);
      else if (event.type === "input" && event.target === this.prompt) this.typed();
      else if (event.type === "focusin") this.toggleAttribute("data-open", true);
      else if (event.type === "pointerdown") this.leave(event);
      else if (event.type === "htmx:after:swap") this.swapped();
    }

    leave(event) {
      if (!this.contains(event.target) && !event.target.closest("dialog, [data-compose]"))
        this.removeAttribute("data-open");
    }

    press(event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.form.requestSubmit(this.querySelector(".composer__submit"));
      } else if (event.key === "Enter" && event.target.matches("input")) {
        event.preventDefault();
        if (event.target.dataset.enter === "next")
          event.target.parentElement.querySelector("button").click();
      } else if (event.key === "Escape" && !this.querySelector(":popover-open")) {
        this.removeAttribute("data-open");
      }
    }

    typed() {
      this.count();
      try {
        localStorage.setItem(`draft:${this.dataset.team}`, this.prompt.value);
      } catch {
        /* Without storage a reload loses the draft. */
      }
    }

    restore() {
      try {
        const kept = localStorage.getItem(`draft:${this.dataset.team}`);
        if (kept && !this.prompt.value && !this.dataset.restored) this.prompt.value = kept;
        this.dataset.restored = "true";
      } catch {
        /* As above. */
      }
    }

    /* Counted in code points, as the API counts. */
    count() {
      const counter = this.querySelector("#composer-counter");
      const most = Number(counter.dataset.most);
      const length = [...this.prompt.value].length;
      counter.toggleAttribute("data-over", length > most);
      counter.textContent =
        length > most * 0.9 ? `${length.toLocaleString("en")} of ${most.toLocaleString("en")}` : "";
    }

    /* An address that was taken lies in its slot now; the field is for the next one. */
    swapped() {
      this.count();
      for (const field of this.querySelectorAll('[type="url"]')) field.value = "";
      const wrong = this.querySelector('[aria-invalid="true"], .slot[data-invalid] button');
      if (this.querySelector("#composer-problems")) (wrong ?? this.prompt).focus();
    }
  },
);
