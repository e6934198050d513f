/* <st-preview data-src>: plays a small silent video over the poster while the pointer is on it, or when asked to. */
customElements.define(
  "st-preview",
  class extends HTMLElement {
    static playing = null;

    connectedCallback() {
      this.addEventListener("pointerenter", this);
      this.addEventListener("pointerleave", this);
      this.addEventListener("click", this);
    }

    disconnectedCallback() {
      this.stop();
    }

    get calm() {
      return matchMedia("(prefers-reduced-motion: reduce)").matches || navigator.connection?.saveData;
    }

    handleEvent(event) {
      clearTimeout(this.timer);
      if (event.type === "click") {
        if (event.target.closest("[data-play]")) this.toggle();
      } else if (event.type === "pointerleave") {
        if (event.pointerType === "mouse") this.stop();
      } else if (event.pointerType === "mouse" && !this.calm) {
        this.timer = setTimeout(() => this.play(), 150);
      }
    }

    toggle() {
      if (this.video) this.stop();
      else this.play();
    }

    play() {
      if (this.video || !this.dataset.src) return;
      const kind = this.constructor;
      kind.playing?.stop();
      kind.playing = this;
      const video = document.createElement("video");
      Object.assign(video, { muted: true, loop: true, playsInline: true, preload: "none" });
      video.className = "generation-card__video";
      video.setAttribute("aria-hidden", "true");
      video.tabIndex = -1;
      video.src = this.dataset.src;
      video.addEventListener("timeupdate", () => this.count(video));
      this.video = video;
      this.querySelector("a").append(video);
      video.play().catch(() => this.stop());
    }

    count(video) {
      const label = this.querySelector("[data-length]");
      if (!label || !video.duration) return;
      this.length ??= label.textContent;
      const left = Math.ceil(video.duration - video.currentTime);
      label.textContent = `0:${String(left).padStart(2, "0")}`;
    }

    stop() {
      clearTimeout(this.timer);
      if (!this.video) return;
      this.video.pause();
      this.video.removeAttribute("src");
      this.video.load();
      this.video.remove();
      this.video = null;
      const label = this.querySelector("[data-length]");
      if (label && this.length) label.textContent = this.length;
      if (this.constructor.playing === this) this.constructor.playing = null;
    }
  },
);
