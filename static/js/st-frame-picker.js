/* <st-frame-picker data-fps data-length data-at data-now>: any frame of its video by slider, buttons and keys.
   Frames count from 0; a frame is sent as the first whole millisecond in which it is shown. */
if (!customElements.get("st-frame-picker"))
  customElements.define(
    "st-frame-picker",
    class extends HTMLElement {
      static heard = ["click", "input", "keydown", "htmx:after:swap"];
      static watched = ["loadedmetadata", "loadeddata", "canplay", "seeked", "play", "pause", "error", "close"];

      connectedCallback() {
        for (const name of this.constructor.heard) this.addEventListener(name, this);
        for (const name of this.constructor.watched) this.addEventListener(name, this, true);
        this.aim();
        if (this.hasAttribute("data-now")) this.open();
      }

      disconnectedCallback() {
        this.video?.pause();
      }

      get dialog() {
        return this.querySelector("dialog");
      }

      get video() {
        return this.querySelector("video");
      }

      get range() {
        return this.querySelector(".frame-picker__scrubber");
      }

      get fps() {
        return Number(this.dataset.fps) || 24;
      }

      /* The number of frames: from data-length, or from the file where that is shorter. */
      get count() {
        const said = Number(this.dataset.length) || Infinity;
        const found = Number.isFinite(this.video.duration) ? this.video.duration * 1000 : Infinity;
        const length = Math.min(said, found);
        return Number.isFinite(length) ? Math.max(1, Math.round((length * this.fps) / 1000)) : 1;
      }

      handleEvent(event) {
        const acts = {
          click: () => this.use(event),
          input: () => event.target === this.range && this.go(this.range.valueAsNumber),
          keydown: () => this.press(event),
          loadedmetadata: () => this.load(),
          loadeddata: () => this.draw(),
          canplay: () => this.draw(),
          seeked: () => this.seen(),
          play: () => this.follow(),
          pause: () => this.rest(),
          error: () => event.target === this.video && this.toggleAttribute("data-broken", true),
          close: () => this.video.pause(),
          "htmx:after:swap": () => this.dialog?.close(),
        };
        acts[event.type]();
      }

      use(event) {
        const at = (selector) => event.target.closest(selector);
        if (at(".frame-picker__opener")) {
          event.preventDefault();
          this.open();
        } else if (event.target === this.dialog || at("[data-close-dialog]")) this.dialog.close();
        else if (at("[data-step]")) this.step(Number(at("[data-step]").dataset.step));
        else if (at("[data-play]")) this.play();
      }

      open() {
        const video = this.video;
        video.controls = false;
        video.muted = true;
        if (!this.dialog.open) this.dialog.showModal();
        if (video.preload === "none") {
          video.preload = "auto";
          video.load();
        }
        this.aim();
        this.go(this.frame);
        this.range.focus();
      }

      /* Go to the first frame to show; again after a swap with another video or another moment. */
      aim() {
        const subject = `${this.video.getAttribute("src")} ${this.dataset.at}`;
        if (subject === this.subject) return;
        this.subject = subject;
        this.sought = null;
        this.frame = Math.floor((Number(this.dataset.at) * this.fps) / 1000 + 0.001) || 0;
      }

      press(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.noKeys) return;
        if (!this.dialog.open || event.target.matches("input:not([type=range])")) return;
        const acts = {
          ",": () => this.step(-1),
          ".": () => this.step(1),
          j: () => this.step(-Math.round(this.fps)),
          l: () => this.step(Math.round(this.fps)),
          k: () => this.play(),
        };
        if (!acts[event.key]) return;
        event.preventDefault();
        event.stopPropagation();
        acts[event.key]();
      }

      play() {
        if (this.video.paused) this.video.play().catch(() => this.rest());
        else this.video.pause();
      }

      step(by) {
        this.video.pause();
        this.go(this.frame + by);
        this.querySelector("[data-status]").textContent = this.words;
      }

      load() {
        this.sought = null;
        this.go(this.frame);
      }

      go(frame) {
        this.frame = Math.min(this.count - 1, Math.max(0, frame));
        this.write();
        this.seek();
      }

      get clock() {
        const hundredths = Math.round((this.frame / this.fps) * 100);
        const two = (value) => String(Math.floor(value)).padStart(2, "0");
        return `${two(hundredths / 6000)}:${two((hundredths / 100) % 60)}.${two(hundredths % 100)}`;
      }

      get words() {
        return `${this.clock}, frame ${this.frame + 1} of ${this.count}`;
      }

      write() {
        const range = this.range;
        range.max = this.count - 1;
        range.value = this.frame;
        range.setAttribute("aria-valuetext", this.words);
        this.querySelector(".frame-picker__place").textContent = `${this.clock} · f${this.frame + 1}/${this.count}`;
        this.querySelector("[name=milliseconds]").value = Math.ceil((this.frame * 1000) / this.fps - 0.001);
      }

      /* Seek one frame at a time, to its middle, so that rounding cannot show its neighbour. Seek each time only
         once: a video that is served without ranges does not move. */
      seek() {
        const video = this.video;
        const wanted = (this.frame + 0.5) / this.fps;
        if (!video.paused || video.readyState < 1 || video.seeking) return;
        if (Math.abs(video.currentTime - wanted) <= 0.001 || this.sought === wanted) return this.draw();
        this.sought = wanted;
        video.currentTime = wanted;
        this.watch();
      }

      /* "seeked" may come before the frame can be drawn: draw every frame that is shown until it is the wanted one. */
      watch() {
        const { video } = this;
        if (this.awaited === video || !video.requestVideoFrameCallback) return;
        this.awaited = video;
        video.requestVideoFrameCallback((_now, shown) => {
          this.awaited = null;
          if (!video.paused) return;
          this.draw();
          if (Math.floor(shown.mediaTime * this.fps + 0.01) !== this.frame) this.watch();
        });
      }

      seen() {
        this.draw();
        this.seek();
      }

      draw() {
        const { video } = this;
        const still = this.querySelector("canvas");
        if (video.readyState < 2 || !video.videoWidth) return;
        still.height = Math.round((still.width * video.videoHeight) / video.videoWidth);
        still.getContext("2d").drawImage(video, 0, 0, still.width, still.height);
        still.dataset.frame = this.frame;
      }

      follow() {
        const { video } = this;
        this.sought = null;
        this.querySelector("[data-play]").setAttribute("aria-pressed", "true");
        const tick = (_now, shown) => {
          if (video.paused) return;
          this.frame = Math.min(this.count - 1, Math.floor(shown.mediaTime * this.fps + 0.01));
          this.write();
          this.draw();
          video.requestVideoFrameCallback(tick);
        };
        video.requestVideoFrameCallback?.(tick);
      }

      rest() {
        this.querySelector("[data-play]").setAttribute("aria-pressed", "false");
        this.go(this.frame);
      }
    },
  );
