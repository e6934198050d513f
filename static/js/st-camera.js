/* <st-camera>: camera moves: a filter, arrow keys, a button that stops the diagrams, a chip with the chosen names. */
if (!customElements.get("st-camera"))
  customElements.define(
    "st-camera",
    class extends HTMLElement {
      static acts = {
        change: "choose",
        input: "sift",
        keydown: "press",
        click: "use",
        toggle: "turn",
        focusin: "tell",
        pointerover: "tell",
      };

      connectedCallback() {
        for (const name of Object.keys(this.constructor.acts)) this.addEventListener(name, this, name === "toggle");
      }

      handleEvent(event) {
        this[this.constructor.acts[event.type]](event);
      }

      get filter() {
        return this.querySelector(".camera__filter");
      }

      get checks() {
        return [...this.querySelectorAll(".camera__check")];
      }

      get seen() {
        return this.checks.filter((check) => !check.parentElement.hidden);
      }

      /* The filter is not a field of the form, so its events stop here. */
      choose(event) {
        if (event.target === this.filter) return event.stopPropagation();
        this.name();
      }

      name() {
        const chosen = this.checks.filter((check) => check.checked);
        const names = chosen.map((check) => {
          const name = document.createElement("span");
          name.className = "camera__name";
          name.textContent = this.label(check);
          return name;
        });
        this.querySelector(".camera__chosen").replaceChildren(...names);
      }

      label(check) {
        return check.parentElement.querySelector(".camera__label").textContent;
      }

      sift(event) {
        if (event.target !== this.filter) return;
        event.stopPropagation();
        this.show(this.filter.value);
      }

      show(text) {
        const wanted = text.toLowerCase().split(/[\s_]+/).filter(Boolean);
        for (const group of this.querySelectorAll(".camera__group")) {
          const heading = group.querySelector("legend").textContent;
          for (const check of group.querySelectorAll(".camera__check")) {
            const all = `${heading} ${check.value} ${check.parentElement.textContent}`.toLowerCase();
            const words = all.split(/[\s_]+/);
            check.parentElement.hidden = !wanted.every((start) => words.some((word) => word.startsWith(start)));
          }
          group.hidden = !group.querySelector(".camera__move:not([hidden])");
        }
        const none = this.querySelector(".camera__none");
        none.textContent = this.seen.length ? "" : `No move is called “${text.trim()}”.`;
      }

      press(event) {
        if (event.target === this.filter && event.key === "Enter") {
          event.preventDefault();
          event.stopPropagation();
          if (this.filter.value.trim()) this.seen[0]?.click();
        } else if (event.target === this.filter && event.key === "ArrowDown") {
          event.preventDefault();
          this.seen[0]?.focus();
        } else if (event.target.matches(".camera__check")) this.move(event);
      }

      move(event) {
        const seen = this.seen;
        const here = seen.indexOf(event.target);
        const next = {
          ArrowRight: () => seen[here + 1],
          ArrowLeft: () => seen[here - 1],
          ArrowDown: () => this.beyond(seen.slice(here + 1), event.target),
          ArrowUp: () => this.beyond(seen.slice(0, here).reverse(), event.target),
        }[event.key];
        if (!next) return;
        event.preventDefault();
        (next() ?? (event.key === "ArrowUp" ? this.filter : null))?.focus();
      }

      /* The nearest move in the next other row. */
      beyond(checks, from) {
        const place = (check) => check.parentElement.getBoundingClientRect();
        const { left, top } = place(from);
        const first = checks.find((check) => Math.abs(place(check).top - top) > 4);
        if (!first) return undefined;
        const row = checks.filter((check) => Math.abs(place(check).top - place(first).top) < 4);
        return row.reduce((best, check) =>
          Math.abs(place(check).left - left) < Math.abs(place(best).left - left) ? check : best,
        );
      }

      use(event) {
        if (event.target.closest(".camera__clear")) this.clear();
        else if (event.target.closest(".camera__pause")) this.still(!this.stopped);
      }

      clear() {
        const chosen = this.checks.filter((check) => check.checked);
        for (const check of chosen) check.checked = false;
        chosen[0]?.dispatchEvent(new Event("change", { bubbles: true }));
      }

      get stopped() {
        return localStorage.getItem("camera-still") === "1";
      }

      still(stop) {
        localStorage.setItem("camera-still", stop ? "1" : "");
        this.querySelector(".camera__pause").setAttribute("aria-pressed", String(stop));
        const media = stop ? "all" : "(prefers-reduced-motion: reduce)";
        for (const source of this.querySelectorAll("source")) source.media = media;
      }

      turn(event) {
        if (event.newState !== "open") return;
        this.still(this.stopped);
        this.filter.value = "";
        this.show("");
        if (matchMedia("(pointer: fine)").matches) this.filter.focus();
      }

      tell(event) {
        const move = event.target.closest(".camera__move");
        if (move?.title) this.querySelector(".camera__hint").textContent = move.title;
      }
    },
  );
