/* <st-theme>: radios that set the page's theme and remember it on this device. */
customElements.define(
  "st-theme",
  class extends HTMLElement {
    connectedCallback() {
      const chosen = document.documentElement.dataset.theme || "dark";
      for (const radio of this.querySelectorAll("input")) radio.checked = radio.value === chosen;
      this.addEventListener("change", this);
    }

    handleEvent(event) {
      document.documentElement.dataset.theme = event.target.value;
      try {
        localStorage.setItem("theme", event.target.value);
      } catch {
        /* Without storage the choice lasts as long as the page. */
      }
    }
  },
);
