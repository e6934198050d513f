/* <st-poller data-every data-url>: asks for changes once per interval (in ms) while the tab is visible. The cards
   to ask about are read from the page each time, so that a new card is followed too. */
customElements.define(
  "st-poller",
  class extends HTMLElement {
    static observedAttributes = ["data-every"];

    connectedCallback() {
      document.addEventListener("visibilitychange", this);
      this.addEventListener("htmx:response:error", this);
      this.wait();
    }

    disconnectedCallback() {
      document.removeEventListener("visibilitychange", this);
      clearTimeout(this.timer);
    }

    attributeChangedCallback() {
      if (this.isConnected) this.wait();
    }

    handleEvent(event) {
      /* After a refusal (403, 404) it stops asking. */
      if (event.type === "visibilitychange") this.ask();
      else if (event.detail.ctx.response.status < 500) this.removeAttribute("data-every");
    }

    get every() {
      return Number(this.dataset.every || 0);
    }

    wait() {
      clearTimeout(this.timer);
      if (this.every && !document.hidden) this.timer = setTimeout(() => this.ask(), this.every);
    }

    ask() {
      if (!this.every || document.hidden) return;
      this.setAttribute("hx-get", this.address());
      this.dispatchEvent(new Event("poll"));
      this.wait();
    }

    address() {
      const url = new URL(this.dataset.url, location.origin);
      if (url.searchParams.has("version")) return url.pathname + url.search;
      const cards = [...document.querySelectorAll("article[data-generation]")];
      const seen = cards
        .filter((card) => card.hasAttribute("data-busy"))
        .map((card) => `${card.dataset.generation}.${card.dataset.version}`);
      url.searchParams.set("seen", seen.join(","));
      if (document.querySelector("st-grid[data-newest]") && cards.length)
        url.searchParams.set("newest", cards[0].dataset.generation);
      return url.pathname + url.search;
    }
  },
);
