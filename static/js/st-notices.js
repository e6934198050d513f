/* <st-notices data-url>: counts the generations that finished or failed. While the tab is hidden, the count is in
   the title and, if a click allowed that, in a notification of the browser. */
customElements.define(
  "st-notices",
  class extends HTMLElement {
    static every = 10000;

    connectedCallback() {
      this.missed = 0;
      document.addEventListener("visibilitychange", this);
      this.addEventListener("click", this);
      this.watcher = new MutationObserver(() => this.ask());
      const announcer = document.getElementById("announcer");
      if (announcer) this.watcher.observe(announcer, { childList: true });
      this.writeAllowed();
      this.ask();
    }

    disconnectedCallback() {
      document.removeEventListener("visibilitychange", this);
      this.watcher.disconnect();
      clearTimeout(this.timer);
    }

    handleEvent(event) {
      if (event.type === "visibilitychange") this.visibilityChanged();
      else if (event.target.closest("[data-allow]")) this.allow();
      else if (event.target.closest("[popovertarget]")) this.count(0);
    }

    visibilityChanged() {
      if (!document.hidden) this.missed = 0;
      this.writeTitle();
      this.ask();
    }

    async ask() {
      clearTimeout(this.timer);
      const url = new URL(this.dataset.url, location.origin);
      if (this.since) url.searchParams.set("since", this.since);
      const answer = await fetch(url).catch(() => null);
      if (!this.isConnected || !answer?.ok || answer.redirected) return;
      const answered = await answer.json();
      this.since = answered.now;
      this.count(answered.unseen);
      if (document.hidden) this.report(answered.came);
      /* While the tab is visible, the page's own poller fetches the news. */
      if (answered.busy && document.hidden) this.timer = setTimeout(() => this.ask(), this.constructor.every);
    }

    count(unseen) {
      const place = this.querySelector("[data-count]");
      place.hidden = !unseen;
      place.textContent = unseen || "";
      place.parentElement.setAttribute("aria-label", unseen ? `Notifications, ${unseen} new` : "Notifications");
    }

    report(came) {
      this.missed += came.length;
      this.writeTitle();
      if (this.allowed) for (const words of came) new Notification("Dailies", { body: words, tag: words });
    }

    writeTitle() {
      const plain = document.title.replace(/^\(\d+\) /, "");
      document.title = this.missed ? `(${this.missed}) ${plain}` : plain;
    }

    get allowed() {
      return window.Notification?.permission === "granted" && localStorage.getItem("notices") === "on";
    }

    async allow() {
      if (this.allowed) localStorage.removeItem("notices");
      else if ((await window.Notification?.requestPermission()) === "granted") localStorage.setItem("notices", "on");
      else this.refused = true;
      this.writeAllowed();
    }

    writeAllowed() {
      const words = this.querySelector("[data-allow-words]");
      if (this.allowed) words.textContent = "Told outside this tab. Stop that";
      else if (this.refused) words.textContent = "Your browser does not allow it";
      else words.textContent = "Tell me outside this tab too";
    }
  },
);
