/* <st-steps data-spends>: the steps in a form, each a request whose answer is the form again, one after the other.
   Generate, pressed while a step or a file is on its way, waits for it, and stays away if that fails. */
customElements.define(
  "st-steps",
  class extends HTMLElement {
    static steps = new Set();
    static files = 0;
    static wanted = false;
    static waiting = [];

    connectedCallback() {
      this.form = this.closest("form");
      this.form.addEventListener("click", this, true);
      for (const name of this.wide) document.addEventListener(name, this);
      queueMicrotask(() => this.begin());
    }

    disconnectedCallback() {
      this.form.removeEventListener("click", this, true);
      for (const name of this.wide) document.removeEventListener(name, this);
    }

    wide = ["htmx:before:request", "htmx:finally:request"];

    handleEvent(event) {
      if (event.type === "click") this.hold(event);
      else this.follow(event.type, event.detail.ctx);
    }

    /* A step answers with the form; the press of Generate is none. */
    follow(type, ctx) {
      const { steps } = this.constructor;
      const source = ctx.sourceElement;
      if (type === "htmx:finally:request") return steps.delete(ctx) && this.arrived(ctx.response?.status === 200);
      if (source === this.form || source.getAttribute("hx-target") !== this.form.getAttribute("hx-target")) return;
      steps.delete(source);
      steps.add(ctx);
    }

    /* A form that took the place of another is the answer to a step; what that one sent came to nothing. */
    begin() {
      this.constructor.steps.clear();
      this.arrived();
    }

    arrived(well = true) {
      const own = this.constructor;
      own.wanted &&= well;
      if (!this.isConnected || own.steps.size) return;
      if (own.waiting.length) return this.put(own.waiting.shift());
      if (!own.wanted || own.files) return;
      own.wanted = false;
      this.generate();
    }

    /* Each step starts from what the one before it left. */
    put(value) {
      const own = this.constructor;
      if (own.steps.size) return own.waiting.push(value);
      const button = this.querySelector("button");
      button.value = value;
      own.steps.add(button);
      button.click();
    }

    /* Files set out; of each comes the step that puts it where it belongs, or nothing: it was refused. */
    expect(files) {
      this.constructor.files += files;
    }

    came(step) {
      this.constructor.files -= 1;
      if (step) this.put(step);
      else this.arrived(false);
    }

    /* Whether Generate has to wait; then it goes by itself. */
    waits() {
      const own = this.constructor;
      own.wanted = Boolean(own.steps.size || own.files);
      return own.wanted;
    }

    generate() {
      if (!this.waits()) this.form.requestSubmit(this.form.querySelector(this.dataset.spends));
    }

    hold(event) {
      if (!event.target.closest(this.dataset.spends) || !this.waits()) return;
      event.preventDefault();
      event.stopPropagation();
    }
  },
);
