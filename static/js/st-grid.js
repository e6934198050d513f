/* <st-grid>: the cards are one tab stop. Arrow keys move the focus, Tab reaches the card's own buttons, single keys act. */
customElements.define(
  "st-grid",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("keydown", this);
      this.addEventListener("focusin", this);
      this.observer = new MutationObserver(() => this.settle());
      this.observer.observe(this, { childList: true, subtree: true });
      this.settle();
    }

    disconnectedCallback() {
      this.observer.disconnect();
    }

    get cards() {
      return [...this.querySelectorAll("article")];
    }

    settle() {
      const cards = this.cards;
      if (!cards.includes(this.current)) this.current = cards[this.place ?? 0] ?? cards.at(-1);
      for (const card of cards) this.open(card, card === this.current);
      if (this.lost && this.current) {
        this.lost = false;
        this.current.focus();
      }
    }

    open(card, open) {
      const index = open ? 0 : -1;
      if (card.tabIndex !== index) card.tabIndex = index;
      for (const control of card.querySelectorAll("a, button, input"))
        if (control.tabIndex !== index) control.tabIndex = index;
    }

    handleEvent(event) {
      const card = event.target.closest("article");
      if (!card) return;
      if (event.type === "focusin") {
        this.place = this.cards.indexOf(card);
        if (card === this.current) return;
        const before = this.current;
        this.current = card;
        if (before) this.open(before, false);
        this.open(card, true);
      } else if (!event.target.closest(":popover-open")) this.press(event, card);
    }

    press(event, card) {
      const step = this.step(event.key);
      if (step) {
        event.preventDefault();
        const cards = this.cards;
        const next = cards[Math.min(cards.length - 1, Math.max(0, cards.indexOf(card) + step))];
        next.focus();
        next.scrollIntoView({ block: "nearest" });
      } else if (event.target === card) this.act(event, card);
    }

    step(key) {
      const style = getComputedStyle(this.querySelector("ul"));
      const columns = style.gridTemplateColumns.split(" ").length;
      const way = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
      return { ...way, Home: -1e6, End: 1e6 }[key];
    }

    act(event, card) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const find = {
        Enter: ".generation-card__open",
        e: '.card-action[href*="kind=extend&"]',
        r: `.card-action[href$="?from=${card.dataset.generation}"]`,
        p: '[href$="use=prompt"]',
      };
      const single = event.key.length > 1 || event.key === " " || !document.body.dataset.noKeys;
      if (!single) return;
      if (event.key === " ") card.querySelector("st-preview").toggle();
      else if (event.key === "Delete") this.trash(card);
      else if (event.key === "[") this.use(card, "start_frame");
      else if (event.key === "a") this.put(`settings:${card.dataset.generation}`);
      else if (event.key === "]" || event.key === "E") this.use(card, "end_frame");
      else if (find[event.key]) card.querySelector(find[event.key])?.click();
      else return;
      event.preventDefault();
    }

    /* Put the card into the composer; the focus stays on the card. */
    use(card, slot) {
      this.put(`put:${slot}:generation:${card.dataset.generation}`);
    }

    put(step) {
      const steps = document.querySelector("st-steps");
      steps?.put(step);
      steps?.closest("st-composer").toggleAttribute("data-open", true);
    }

    trash(card) {
      const button = card.querySelector('[formaction$="/trash/"]');
      this.lost = Boolean(button);
      button?.click();
    }
  },
);
