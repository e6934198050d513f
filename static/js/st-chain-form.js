/* <st-chain-form>: Ctrl+Enter sends, Alt with the arrows moves an item, and the focus follows the item. */
customElements.define(
  "st-chain-form",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["click", "keydown"]) this.addEventListener(name, this);
      document.addEventListener("htmx:after:swap", this);
    }

    disconnectedCallback() {
      document.removeEventListener("htmx:after:swap", this);
    }

    handleEvent(event) {
      if (event.type === "click") this.note(event.target.closest('[name="do"]')?.value ?? "");
      else if (event.type === "keydown") this.press(event);
      else if (event.detail.ctx.target?.id === "chain-form") this.follow();
    }

    /* Before a step: note which field or button of which item gets the focus after it. */
    note(step) {
      const [way, place] = step.split(":");
      const by = { earlier: -1, later: 1, drop: 0 }[way];
      if (by === undefined) return;
      this.moved ??= {};
      Object.assign(this.moved, { way, place: Number(place) + by });
    }

    press(event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.querySelector("st-steps").generate();
      } else if (event.key === "Enter" && event.target.id === "chain-url") {
        event.preventDefault();
        event.target.parentElement.querySelector("button").click();
      }
      const way = event.altKey && { ArrowUp: "earlier", ArrowDown: "later" }[event.key];
      const button = way && event.target.closest(".chain-items__item")?.querySelector(`[value^="${way}:"]`);
      if (!button) return;
      event.preventDefault();
      this.moved = { field: event.target.matches("textarea") };
      button.click();
    }

    follow() {
      for (const field of this.querySelectorAll('[type="url"]')) field.value = "";
      const moved = this.moved;
      this.moved = null;
      if (!moved) return;
      const items = [...this.querySelectorAll(".chain-items__item")];
      const item = items[Math.min(moved.place, items.length - 1)];
      const find = (selector) => item?.querySelector(selector);
      const next = (moved.field && find("textarea")) || find(`[value^="${moved.way}:"]`) || find('[name="do"]');
      (next ?? this.querySelector("#chain-add button")).focus();
    }
  },
);
