/* <st-camera>: the panel of camera moves: a filter, arrow keys, a button that stops the diagrams, the chosen names. */
if (!customElements.get("st-camera"))
  customElements.define(
    "st-camera",
    class extends HTMLElement {
      static methods = {
        change: "choose",
        input: "filterMoves",
        keydown: "pressKey",
        click: "click",
        toggle: "toggle",
        focusin: "showHint",
        pointerover: "showHint",
      };

      connectedCallback() {
        for (const name of Object.keys(this.constructor.methods)) this.addEventListener(name, this, name === "toggle");
      }

      handleEvent(event) {
        this[this.constructor.methods[event.type]](event);
      }

      get filter() {
        return this.querySelector(".camera__filter");
      }

      get checks() {
        return [...this.querySelectorAll(".camera__check")];
      }

      get visible() {
        return this.checks.filter((check) => !check.parentElement.hidden);
      }

      /* The filter is not a field of the form, so its events stop here. */
      choose(event) {
        if (event.target === this.filter) return event.stopPropagation();
        this.writeChosen();
      }

      writeChosen() {
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

      filterMoves(event) {
        if (event.target !== this.filter) return;
        event.stopPropagation();
        this.showMatching(this.filter.value);
      }

      showMatching(text) {
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
        none.textContent = this.visible.length ? "" : `No move is called “${text.trim()}”.`;
      }

      pressKey(event) {
        if (event.target === this.filter && event.key === "Enter") {
          event.preventDefault();
          event.stopPropagation();
          if (this.filter.value.trim()) this.visible[0]?.click();
        } else if (event.target === this.filter && event.key === "ArrowDown") {
          event.preventDefault();
          this.visible[0]?.focus();
        } else if (event.target.matches(".camera__check")) this.moveFocus(event);
      }

      moveFocus(event) {
        const visible = this.visible;
        const here = visible.indexOf(event.target);
        const next = {
          ArrowRight: () => visible[here + 1],
          ArrowLeft: () => visible[here - 1],
          ArrowDown: () => this.inNextRow(visible.slice(here + 1), event.target),
          ArrowUp: () => this.inNextRow(visible.slice(0, here).reverse(), event.target),
        }[event.key];
        if (!next) return;
        event.preventDefault();
        (next() ?? (event.key === "ArrowUp" ? this.filter : null))?.focus();
      }

      /* Return the move of the next row that is nearest to `from`. */
      inNextRow(checks, from) {
        const place = (check) => check.parentElement.getBoundingClientRect();
        const { left, top } = place(from);
        const first = checks.find((check) => Math.abs(place(check).top - top) > 4);
        if (!first) return undefined;
        const row = checks.filter((check) => Math.abs(place(check).top - place(first).top) < 4);
        return row.reduce((best, check) =>
          Math.abs(place(check).left - left) < Math.abs(place(best).left - left) ? check : best,
        );
      }

      click(event) {
        if (event.target.closest(".camera__clear")) this.clear();
        else if (event.target.closest(".camera__pause")) this.stopDiagrams(!this.stopped);
      }

      clear() {
        const chosen = this.checks.filter((check) => check.checked);
        for (const check of chosen) check.checked = false;
        chosen[0]?.dispatchEvent(new Event("change", { bubbles: true }));
      }

      get stopped() {
        return localStorage.getItem("camera-still") === "1";
      }

      stopDiagrams(stop) {
        localStorage.setItem("camera-still", stop ? "1" : "");
        this.querySelector(".camera__pause").setAttribute("aria-pressed", String(stop));
        const media = stop ? "all" : "(prefers-reduced-motion: reduce)";
        for (const source of this.querySelectorAll("source")) source.media = media;
      }

      toggle(event) {
        if (event.newState !== "open") return;
        this.stopDiagrams(this.stopped);
        this.filter.value = "";
        this.showMatching("");
        if (matchMedia("(pointer: fine)").matches) this.filter.focus();
      }

      showHint(event) {
        const move = event.target.closest(".camera__move");
        if (move?.title) this.querySelector(".camera__hint").textContent = move.title;
      }
    },
  );
