/* <st-select>: which cards are selected, in which order: box, x, Shift for a range, Ctrl+A, Esc,
   long press. The bar is a plain form; with one video selected it extends that. */
customElements.define(
  "st-select",
  class extends HTMLElement {
    connectedCallback() {
      this.order = [];
      this.grid = document.querySelector("st-grid");
      this.stop = new AbortController();
      const { signal } = this.stop;
      for (const name of ["click", "change", "pointerdown", "pointerup", "pointermove", "pointercancel", "contextmenu"])
        this.grid.addEventListener(name, this, { signal, capture: true });
      document.addEventListener("keydown", this, { signal });
      this.addEventListener("submit", this);
      this.addEventListener("reset", this);
      this.watch = new MutationObserver(() => this.show());
      this.watch.observe(this.grid, { childList: true, subtree: true });
      this.show();
    }

    disconnectedCallback() {
      this.stop.abort();
      this.watch.disconnect();
      clearTimeout(this.timer);
    }

    get boxes() {
      return [...this.grid.querySelectorAll(".generation-card__pick")];
    }

    handleEvent(event) {
      const box = event.target.closest?.("article")?.querySelector(".generation-card__pick");
      const { type } = event;
      if (type === "keydown") this.press(event, box);
      else if (type === "submit") this.send(event);
      else if (type === "reset") this.set([]);
      else if (type === "click") this.click(event, box);
      else if (type === "change" && event.target === box && !this.ranged) this.toggle(box.value);
      else if (type === "pointerdown") this.hold(event, box);
      else if (type === "contextmenu") {
        if (this.longPressed) event.preventDefault();
      } else if (type !== "change") clearTimeout(this.timer);
    }

    click(event, box) {
      if (this.longPressed) {
        event.preventDefault();
        event.stopPropagation();
      }
      this.longPressed = false;
      this.ranged = event.target === box && event.shiftKey;
      if (this.ranged) this.range(box);
    }

    hold(event, box) {
      this.longPressed = false;
      if (event.pointerType !== "touch" || !box || event.target === box) return;
      this.timer = setTimeout(() => {
        this.longPressed = true;
        this.toggle(box.value);
      }, 400);
    }

    press(event, box) {
      const open = document.querySelector("dialog[open], :popover-open");
      if (event.key === "Escape" && this.order.length && !open) return this.set([]);
      if (!box || event.altKey || open) return;
      const strong = event.ctrlKey || event.metaKey;
      if (strong && event.key === "a") this.set(this.boxes.map((one) => one.value));
      else if (strong || document.body.dataset.noKeys || event.key.toLowerCase() !== "x") return;
      else if (event.shiftKey) this.range(box);
      else this.toggle(box.value);
      event.preventDefault();
    }

    toggle(value) {
      this.anchor = value;
      const left = this.order.filter((one) => one !== value);
      this.set(left.length < this.order.length ? left : [...left, value]);
    }

    /* Select from the last selected card to this one, in that direction. */
    range(box) {
      const all = this.boxes.map((one) => one.value);
      const [from, to] = [Math.max(0, all.indexOf(this.anchor)), all.indexOf(box.value)];
      const span = from < to ? all.slice(from, to + 1) : all.slice(to, from + 1).reverse();
      this.set([...this.order, ...span.filter((one) => !this.order.includes(one))]);
    }

    set(order) {
      this.order = order;
      this.show();
    }

    show() {
      const here = this.boxes;
      for (const box of here) box.checked = this.order.includes(box.value);
      const known = new Set(here.map((box) => box.value));
      this.order = this.order.filter((one) => known.has(one));
      const count = this.order.length;
      const write = (name, text) => {
        const place = this.querySelector(name);
        if (place.textContent !== text) place.textContent = text;
      };
      this.querySelector("form").hidden = !count;
      write("[data-count]", `${count} selected`);
      write("[data-chain]", count < 2 ? "Extend" : `Chain · ${count - 1} link${count > 2 ? "s" : ""}`);
    }

    send(event) {
      event.preventDefault();
      const items = this.order.map((one) => ["item", one]);
      location.assign(`${event.target.action}?${new URLSearchParams(items)}`);
    }
  },
);
