/* <st-player data-fps>: keys for the video it holds; the browser's own controls stay. A button that opens
   the frame picker, [data-frame], opens it at the frame that is shown. */
customElements.define(
  "st-player",
  class extends HTMLElement {
    connectedCallback() {
      document.addEventListener("keydown", this);
      document.addEventListener("click", this, true);
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this);
      document.removeEventListener("click", this, true);
    }

    get fps() {
      return Number(this.dataset.fps) || 24;
    }

    handleEvent(event) {
      const video = this.querySelector("video");
      if (event.type === "click") return this.openAtFrame(video, event.target.closest?.("[data-frame]"));
      const elsewhere = event.target.matches?.("input, textarea, select, button, a, summary, video");
      if (!video || elsewhere || event.ctrlKey || event.metaKey || document.body.dataset.noKeys) return;
      const frame = 1 / this.fps;
      const acts = {
        k: () => this.toggle(video),
        " ": () => this.toggle(video),
        j: () => this.moveBy(video, -1),
        l: () => this.moveBy(video, 1),
        ",": () => this.moveBy(video, -frame),
        ".": () => this.moveBy(video, frame),
        m: () => this.mute(video),
        f: () => video.requestFullscreen(),
        ArrowLeft: () => document.querySelector('[rel="prev"]')?.click(),
        ArrowRight: () => document.querySelector('[rel="next"]')?.click(),
      };
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    }

    toggle(video) {
      if (!video.paused) video.pause();
      else video.play().catch(() => {}); // it was paused before it started
    }

    moveBy(video, seconds) {
      video.currentTime += seconds;
    }

    mute(video) {
      video.muted = !video.muted;
    }

    openAtFrame(video, opener) {
      if (!video || !opener) return;
      video.pause();
      const frame = Math.floor(video.currentTime * this.fps + 0.01);
      const url = new URL(opener.getAttribute("hx-get"), location.origin);
      url.searchParams.set("at", Math.ceil((frame * 1000) / this.fps - 0.001));
      opener.setAttribute("hx-get", url.pathname + url.search);
    }
  },
);
