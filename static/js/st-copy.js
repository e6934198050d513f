/* <st-copy data-text data-message>: its button copies the text; a path becomes a whole address. */
customElements.define(
  "st-copy",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", this);
    }

    async handleEvent() {
      const text = this.dataset.text;
      await navigator.clipboard.writeText(text.startsWith("/t/") ? new URL(text, location.href).href : text);
      const sentence = this.dataset.message;
      document.getElementById("announcer").textContent = sentence;
      document.dispatchEvent(new CustomEvent("toast", { detail: { sentence } }));
      this.closest(":popover-open")?.hidePopover();
    }
  },
);
