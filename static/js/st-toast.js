/* <st-toast>: a message that leaves after 8 s; pointer or focus on it stops the clock.
   A "toast" event on the document adds one: its detail names a template of the page, "toast-message" unless
   told otherwise, a sentence in the place of the template's own, and whose file it is about. */
document.addEventListener("toast", ({ detail: { template = "toast-message", sentence = "", about = "" } }) => {
  const toast = document.getElementById(template)?.content.cloneNode(true);
  if (!toast) return;
  const text = toast.querySelector(".toast__text");
  text.textContent = about + (sentence || text.textContent.trim());
  document.getElementById("toasts").append(toast);
});

customElements.define(
  "st-toast",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["pointerenter", "pointerleave", "focusin", "focusout", "click", "htmx:after:swap"])
        this.addEventListener(name, this);
      this.startClock();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
    }

    startClock() {
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
        this.startClock();
      }
    }
  },
);
