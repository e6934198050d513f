/* <st-keys-switch>: whether single keys act, remembered on this device; body[data-no-keys] turns them off. */
customElements.define(
  "st-keys-switch",
  class extends HTMLElement {
    static stored = "keys-off";

    connectedCallback() {
      const box = this.querySelector("input");
      const { stored } = this.constructor;
      this.hidden = false;
      box.checked = localStorage.getItem(stored) !== "1";
      this.apply(box.checked);
      box.addEventListener("change", () => {
        localStorage.setItem(stored, box.checked ? "" : "1");
        this.apply(box.checked);
      });
    }

    apply(on) {
      if (on) delete document.body.dataset.noKeys;
      else document.body.dataset.noKeys = "1";
    }
  },
);
