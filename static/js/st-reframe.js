/* <st-reframe data-width data-height>: places a source in its target frame by pointer, arrow keys and eight
   number fields. The picture is painted from the numbers; all eight empty means the default fit. */
if (!customElements.get("st-reframe"))
  customElements.define(
    "st-reframe",
    class extends HTMLElement {
      static acts = {
        pointerdown: "grab",
        pointermove: "drag",
        pointerup: "drop",
        pointercancel: "restore",
        keydown: "press",
        click: "use",
        input: "type",
        change: "settle",
        load: "wake",
      };

      connectedCallback() {
        for (const name of Object.keys(this.constructor.acts)) this.addEventListener(name, this, name === "load");
        this.observer = new MutationObserver(() => this.wake());
        const attributeFilter = ["style", "data-width", "data-height", "data-source-width", "src", "value"];
        this.observer.observe(this, { subtree: true, childList: true, attributes: true, attributeFilter });
        this.wake();
      }

      disconnectedCallback() {
        this.observer.disconnect();
        clearTimeout(this.timer);
      }

      handleEvent(event) {
        this[this.constructor.acts[event.type]](event);
      }

      get source() {
        return this.querySelector(".reframe__source");
      }

      get fields() {
        return [...this.querySelectorAll("input[data-name]")];
      }

      get free() {
        return this.querySelector("[data-free]").getAttribute("aria-pressed") === "true";
      }

      /* Read the page; a swap may have changed it. */
      wake() {
        if (!this.source || this.start) return;
        const read = (name) => Number(this.dataset[name]);
        const picture = this.querySelector("img");
        this.frame = { w: read("width"), h: read("height") };
        const w = read("sourceWidth") || picture.naturalWidth || this.frame.w;
        const h = read("sourceHeight") || picture.naturalHeight || this.frame.h;
        this.ratio = w / h;
        this.read();
        this.paint();
      }

      read() {
        const found = {};
        for (const field of this.fields) if (field.value.trim()) found[field.dataset.name] = Math.round(Number(field.value));
        this.auto = Object.keys(found).length === 0;
        const fit = this.fit();
        this.box = this.auto ? fit : this.held(this.boxFrom(found, fit));
      }

      /* The box that the numbers describe; what they leave open is taken from the default fit. */
      boxFrom(found, fit) {
        const x = found.x_start ?? found.grid_position_x ?? 0;
        const y = found.y_start ?? found.grid_position_y ?? 0;
        const w = found.resized_width ?? (found.x_end ?? NaN) - x;
        const h = found.resized_height ?? (found.y_end ?? NaN) - y;
        return { x, y, w: w > 0 ? w : fit.w, h: h > 0 ? h : fit.h };
      }

      /* The largest box of the source's ratio in the middle of an area. */
      fit(area = { x: 0, y: 0, ...this.frame }) {
        const w = Math.max(1, Math.round(Math.min(area.w, area.h * this.ratio)));
        const h = Math.max(1, Math.round(Math.min(area.h, area.w / this.ratio)));
        return { x: Math.round(area.x + (area.w - w) / 2), y: Math.round(area.y + (area.h - h) / 2), w, h };
      }

      /* The box in whole pixels inside the frame. */
      held(box) {
        const between = (least, value, most) => Math.min(most, Math.max(least, Math.round(value)));
        const w = between(1, box.w, this.frame.w);
        const h = between(1, box.h, this.frame.h);
        return { x: between(0, box.x, this.frame.w - w), y: between(0, box.y, this.frame.h - h), w, h };
      }

      paint() {
        const stage = this.querySelector(".reframe__stage");
        const share = (value, whole) => `${(100 * value) / whole}%`;
        const { frame, box } = this;
        stage.style.setProperty("--reframe-ratio", frame.w / frame.h);
        const { style } = this.source;
        style.left = share(box.x, frame.w);
        style.top = share(box.y, frame.h);
        style.width = share(box.w, frame.w);
        style.height = share(box.h, frame.h);
        this.querySelector(".reframe__size").textContent = `${box.w} × ${box.h}`;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.say(), 250);
        this.observer.takeRecords();
      }

      say() {
        const { x, y, w, h } = this.box;
        const stretch = Math.abs(w / h / this.ratio - 1) > 0.02 ? ", stretched" : "";
        const place = `${w} × ${h} px${stretch}, ${x} px from the left, ${y} px from the top`;
        this.querySelector(".reframe__place").textContent = this.auto ? `Default fit: ${w} × ${h} px in the middle` : place;
        this.observer.takeRecords();
      }

      values() {
        const { x, y, w, h } = this.box;
        const ends = { x_start: x, x_end: x + w, y_start: y, y_end: y + h };
        return { grid_position_x: x, grid_position_y: y, ...ends, resized_width: w, resized_height: h };
      }

      write(except) {
        const values = this.values();
        for (const field of this.fields) {
          if (field === except) continue;
          field.value = this.auto ? "" : values[field.dataset.name];
          field.removeAttribute("aria-invalid");
          field.parentElement.querySelector(".field__error")?.remove();
        }
        this.observer.takeRecords();
      }

      place(box, { auto = false, said = true } = {}) {
        this.auto = auto;
        this.box = this.held(box);
        this.write();
        this.paint();
        if (!said) return;
        this.own = true;
        this.fields[0].dispatchEvent(new Event("change", { bubbles: true }));
        this.own = false;
      }

      /* A box of another size. The named edges move and the opposite ones stay; unless it is free, both sides follow the ratio. */
      sized(from, w, h, edge, free, least = 16) {
        const most = {
          w: edge.includes("w") ? from.x + from.w : this.frame.w - from.x,
          h: edge.includes("n") ? from.y + from.h : this.frame.h - from.y,
        };
        if (!free) {
          w = Math.min(Math.max(w, h * this.ratio, least), most.w, most.h * this.ratio);
          h = w / this.ratio;
        }
        w = Math.round(Math.min(Math.max(w, least), most.w));
        h = Math.round(Math.min(Math.max(h, free ? least : 1), most.h));
        const x = edge.includes("w") ? from.x + from.w - w : from.x;
        const y = edge.includes("n") ? from.y + from.h - h : from.y;
        return { x, y, w, h };
      }

      grab(event) {
        if (event.button || !event.target.closest(".reframe__source")) return;
        event.preventDefault();
        const { source } = this;
        source.focus({ preventScroll: true });
        source.setPointerCapture(event.pointerId);
        const edge = event.target.dataset.edge ?? "";
        this.start = { x: event.clientX, y: event.clientY, box: this.box, auto: this.auto, edge, pointer: event.pointerId };
      }

      drag(event) {
        const { start, frame } = this;
        if (start?.pointer !== event.pointerId) return;
        const stage = this.querySelector(".reframe__stage").getBoundingClientRect();
        const dx = ((event.clientX - start.x) * frame.w) / stage.width;
        const dy = ((event.clientY - start.y) * frame.h) / stage.height;
        start.moved ||= Math.hypot(event.clientX - start.x, event.clientY - start.y) > 2;
        if (start.moved) this.place(this.pulled(start, dx, dy, event.shiftKey), { said: false });
      }

      pulled({ box, edge }, dx, dy, shift) {
        if (!edge) return { ...box, x: box.x + dx, y: box.y + dy };
        const way = (less, more) => (edge.includes(more) ? 1 : edge.includes(less) ? -1 : 0);
        const free = shift || this.free;
        let w = box.w + dx * way("w", "e");
        let h = box.h + dy * way("n", "s");
        if (!free && Math.abs(w / box.w - 1) >= Math.abs(h / box.h - 1)) h = 0;
        else if (!free) w = 0;
        return this.sized(box, w, h, edge, free);
      }

      drop(event) {
        if (this.start?.pointer !== event.pointerId) return;
        const { moved } = this.start;
        this.start = null;
        if (moved) this.place(this.box);
      }

      restore() {
        const { start } = this;
        if (!start) return;
        this.start = null;
        this.place(start.box, { auto: start.auto, said: false });
      }

      press(event) {
        if (event.target !== this.source) return;
        if (event.key === "Escape" && this.start) {
          event.stopPropagation();
          event.preventDefault();
          return this.restore();
        }
        const by = event.shiftKey ? 10 : 1;
        const ways = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] };
        const way = ways[event.key];
        if (!way || event.metaKey) return;
        event.preventDefault();
        this.place(event.altKey || event.ctrlKey ? this.nudged(...way) : { ...this.box, x: this.box.x + way[0], y: this.box.y + way[1] });
      }

      /* The side of the arrow changes by exactly its pixels; the other follows. */
      nudged(dx, dy) {
        const { box, free } = this;
        const least = Math.min(16, box.w, box.h);
        if (free) return this.sized(box, box.w + dx, box.h + dy, "", true, least);
        return dx ? this.sized(box, box.w + dx, 0, "", false, least) : this.sized(box, 0, box.h + dy, "", false, least);
      }

      use(event) {
        const free = event.target.closest("[data-free]");
        const preset = event.target.closest("[data-preset]")?.dataset.preset;
        if (free) free.setAttribute("aria-pressed", String(!this.free));
        else if (preset === "reset") this.place(this.fit(), { auto: true });
        else if (preset) this.place(this.preset(preset));
      }

      preset(name) {
        const { w, h } = this.frame;
        if (name === "fill") return { x: 0, y: 0, w, h };
        if (name === "fit") return this.fit();
        const part = Number(name) / 3;
        return this.fit(h > w ? { x: 0, y: h * part, w, h: h / 3 } : { x: w * part, y: 0, w: w / 3, h });
      }

      type(event) {
        const field = event.target;
        if (!this.source || !field.dataset.name || !field.value.trim() || field.validity.badInput) return;
        this.box = this.held(this.typed(field.dataset.name, field.valueAsNumber));
        this.auto = false;
        this.write(field);
        this.paint();
      }

      /* One number moves or resizes the box; the numbers that depend on it follow. */
      typed(name, value) {
        const { box, ratio, free, frame } = this;
        const wide = (w, x = box.x) => this.shaped({ x, y: box.y, w, h: free ? box.h : w / ratio }, frame.w, frame.h * ratio);
        const tall = (h, y = box.y) => this.shaped({ x: box.x, y, w: free ? box.w : h * ratio, h }, frame.w, frame.h * ratio);
        const acts = {
          grid_position_x: () => ({ ...box, x: value }),
          grid_position_y: () => ({ ...box, y: value }),
          x_start: () => wide(box.x + box.w - value, value),
          x_end: () => wide(value - box.x),
          y_start: () => tall(box.y + box.h - value, value),
          y_end: () => tall(value - box.y),
          resized_width: () => wide(value),
          resized_height: () => tall(value),
        };
        return acts[name]();
      }

      /* Where the ratio is kept, both sides are cut together. */
      shaped(box, most, mostByHeight) {
        if (this.free) return box;
        const w = Math.max(1, Math.min(box.w, most, mostByHeight));
        return { ...box, w, h: w / this.ratio };
      }

      /* A field was left: the box becomes what was typed. */
      settle(event) {
        if (this.own || !this.source || !event.target.dataset.name) return;
        if (this.fields.every((field) => !field.value.trim())) {
          this.auto = true;
          this.box = this.fit();
        }
        this.write();
        this.paint();
      }
    },
  );
