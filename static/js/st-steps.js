/* <st-steps data-spends>: the steps of a form, sent one after the other; each answer is the form again.
   Generate, pressed while a step or an upload is under way, is sent after it, and not at all if that fails. */
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
      for (const name of this.pageEvents) document.addEventListener(name, this);
      queueMicrotask(() => this.begin());
    }

    disconnectedCallback() {
      this.form.removeEventListener("click", this, true);
      for (const name of this.pageEvents) document.removeEventListener(name, this);
    }

    pageEvents = ["htmx:before:request", "htmx:finally:request"];

    handleEvent(event) {
      if (event.type === "click") this.hold(event);
      else this.follow(event.type, event.detail.ctx);
    }

    /* A step is a request whose answer takes the place of the form. The press of Generate is not a step. */
    follow(type, ctx) {
      const { steps } = this.constructor;
      const source = ctx.sourceElement;
      if (type === "htmx:finally:request") {
        if (steps.delete(ctx)) this.arrived(ctx.response?.status === 200);
        return;
      }
      if (source === this.form || !ctx.target?.contains(this.form)) return;
      steps.delete(source);
      steps.add(ctx);
    }

    /* A new form has replaced the old one, whose requests are over. */
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

    /* Send a step once the ones before it have been answered. */
    put(value) {
      const own = this.constructor;
      if (own.steps.size) return own.waiting.push(value);
      const button = this.querySelector("button");
      button.value = value;
      own.steps.add(button);
      button.click();
    }

    /* Count uploads that have begun. */
    expectFiles(files) {
      this.constructor.files += files;
    }

    /* An upload is over. `step` puts the file into the form; it is empty for a refused file. */
    fileArrived(step) {
      this.constructor.files -= 1;
      if (step) this.put(step);
      else this.arrived(false);
    }

    /* Whether Generate has to wait; it is then pressed when the last step is over. */
    mustWait() {
      const own = this.constructor;
      own.wanted = Boolean(own.steps.size || own.files);
      return own.wanted;
    }

    generate() {
      if (!this.mustWait()) this.form.requestSubmit(this.form.querySelector(this.dataset.spends));
    }

    hold(event) {
      if (!event.target.closest(this.dataset.spends) || !this.mustWait()) return;
      event.preventDefault();
      event.stopPropagation();
    }
  },
);
