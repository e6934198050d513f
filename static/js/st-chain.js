/* <st-chain>: one video that plays the finished links of a chain one after the other, with a slate for the others.
   The list is read again for each link, so that links that finish meanwhile are played too. */
customElements.define(
  "st-chain",
  class extends HTMLElement {
    connectedCallback() {
      this.at = -1;
      this.next = document.createElement("video");
      this.next.preload = "auto";
      this.video.addEventListener("ended", () => this.go(this.at + 1));
      this.video.addEventListener("play", () => this.at < 0 && this.go(0));
      this.addEventListener("click", (event) => {
        const way = event.target.closest("[data-go]")?.dataset.go;
        if (way) this.go({ first: 0, back: this.at - 1, on: this.at + 1 }[way]);
      });
      this.watch = new MutationObserver(() => this.at < 0 && this.ready(0));
      this.watch.observe(document.getElementById("chain-panel").parentElement, { childList: true, subtree: true });
      this.ready(0);
    }

    disconnectedCallback() {
      this.watch.disconnect();
      clearTimeout(this.timer);
    }

    get video() {
      return this.querySelector("video");
    }

    get links() {
      return [...document.querySelectorAll("[data-link]")];
    }

    ready(at) {
      const film = this.links[at]?.dataset.film;
      if (film && !this.next.src.endsWith(film)) this.next.src = film;
      if (this.at >= 0) return;
      if (film && !this.video.src) this.video.src = film;
      if (this.hasAttribute("data-slate") === Boolean(film)) this.toggleAttribute("data-slate", !film);
    }

    go(at) {
      clearTimeout(this.timer);
      const links = this.links;
      if (at < 0 || at >= links.length) return;
      this.at = at;
      const { film, link, state } = links[at].dataset;
      for (const one of links) one.toggleAttribute("data-playing", one === links[at]);
      this.toggleAttribute("data-slate", !film);
      this.querySelector("[data-status]").textContent = `Link ${link} of ${links.length}`;
      if (film) {
        if (!this.video.src.endsWith(film)) this.video.src = film;
        this.video.play().catch(() => {}); // the next video may replace it before it starts
      } else {
        this.video.pause();
        this.querySelector("[data-slate]").textContent = `Link ${link}: ${state}`;
        this.timer = setTimeout(() => this.go(at + 1), 1500);
      }
      this.ready(at + 1);
    }
  },
);
