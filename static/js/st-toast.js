/* <st-toast>: a message that leaves after 8 s; pointer or focus on it stops the clock. */
customElements.define(
  "st-toast",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["pointerenter", "pointerleave", "focusin", "focusout", "click", "htmx:after:swap"])
        this.addEventListener(name, this);
      this.wait();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
    }

    wait() {
      clearTimeout(this.timer);
      if (!this.hasAttribute("data-stays")) this.timer = setTimeout(() => this.remove(), 8000);
    }

    handleEvent(event) {
      if (event.type === "htmx:after:swap") this.remove();
      else if (event.type === "click") {
        if (event.target.closest("[data-close]")) this.remove();
      } else if (event.type === "pointerenter" || event.type === "focusin") {
        clearTimeout(this.timer);
      } else {
        this.wait();
      }
    }
  },
);
