/* <st-time mode="elapsed|ago" datetime>: a time relative to now; without script it is a date. */
customElements.define(
  "st-time",
  class extends HTMLElement {
    static ticking = new Set();

    static tick() {
      for (const element of this.ticking) element.tell();
    }

    connectedCallback() {
      const kind = this.constructor;
      kind.timer ??= setInterval(() => kind.tick(), 1000);
      kind.ticking.add(this);
      this.told ??= this.textContent;
      this.title ||= new Date(this.getAttribute("datetime")).toLocaleString();
      this.tell();
    }

    disconnectedCallback() {
      this.constructor.ticking.delete(this);
    }

    tell() {
      const seconds = Math.max(0, (Date.now() - new Date(this.getAttribute("datetime"))) / 1000);
      const words = this.getAttribute("mode") === "elapsed" ? this.elapsed(seconds) : this.ago(seconds);
      if (this.textContent !== words) this.textContent = words;
    }

    elapsed(seconds) {
      const part = (value) => String(Math.floor(value)).padStart(2, "0");
      const hours = Math.floor(seconds / 3600);
      const minutes = Math.floor(seconds / 60) % 60;
      return `${hours ? `${hours}:${part(minutes)}` : minutes}:${part(seconds % 60)} elapsed`;
    }

    ago(seconds) {
      if (seconds < 60) return "just now";
      if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
      if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
      if (seconds < 7 * 86400) return `${Math.floor(seconds / 86400)} d ago`;
      return new Date(this.getAttribute("datetime")).toLocaleDateString();
    }
  },
);
