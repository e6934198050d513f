/* <st-player>: keys for the video it holds; the browser's own controls stay. */
customElements.define(
  "st-player",
  class extends HTMLElement {
    connectedCallback() {
      document.addEventListener("keydown", this);
    }

    disconnectedCallback() {
      document.removeEventListener("keydown", this);
    }

    handleEvent(event) {
      const video = this.querySelector("video");
      const elsewhere = event.target.matches?.("input, textarea, select, button, a, summary, video");
      if (!video || elsewhere || event.ctrlKey || event.metaKey || document.body.dataset.noKeys) return;
      const frame = 1 / 24;
      const acts = {
        k: () => (video.paused ? video.play() : video.pause()),
        " ": () => (video.paused ? video.play() : video.pause()),
        j: () => (video.currentTime -= 1),
        l: () => (video.currentTime += 1),
        ",": () => (video.currentTime -= frame),
        ".": () => (video.currentTime += frame),
        m: () => (video.muted = !video.muted),
        f: () => video.requestFullscreen(),
        ArrowLeft: () => document.querySelector('[rel="prev"]')?.click(),
        ArrowRight: () => document.querySelector('[rel="next"]')?.click(),
      };
      if (!acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    }
  },
);
