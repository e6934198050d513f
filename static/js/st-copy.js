/* <st-copy data-text data-said>: its button copies the text; a path becomes a whole address. */
customElements.define(
  "st-copy",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", this);
    }

    async handleEvent() {
      const text = this.dataset.text;
      await navigator.clipboard.writeText(text.startsWith("/t/") ? new URL(text, location.href).href : text);
      document.getElementById("announcer").textContent = this.dataset.said;
      const note = document.getElementById("said").content.cloneNode(true);
      note.querySelector("p").textContent = this.dataset.said;
      document.getElementById("toasts").append(note);
      this.closest(":popover-open")?.hidePopover();
    }
  },
);
