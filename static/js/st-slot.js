/* <st-slot data-upload>: takes a file by choice, what st-drop hands it, what is pasted; shows how far it is. */
customElements.define(
  "st-slot",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["change", "paste"]) this.addEventListener(name, this);
    }

    handleEvent(event) {
      if (event.type === "paste") {
        /* What is pasted into a text field stays there. */
        if (!event.target.matches("input") && this.take(event.clipboardData)) event.preventDefault();
      } else if (event.target.type === "file") {
        event.stopPropagation();
        this.send(event.target.files[0]);
        event.target.value = "";
      }
    }

    /* A card, a file, or an address; true for what is one. */
    take(data) {
      const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim();
      const card = text.match(/\/g\/([0-9a-f-]{36})\/?$/);
      const file = data.files[0];
      const address = /^https?:\/\/\S+$/.test(text) && `url:${text}`;
      if (card) this.fill(`generation:${card[1]}`);
      else if (file) this.send(file);
      else if (address) this.fill(address);
      return Boolean(card || file || address);
    }

    send(file) {
      if (!file) return;
      if (file.size > (file.type.startsWith("video/") ? 1e8 : 2e7)) return this.say("too-large");
      const bar = this.querySelector("progress");
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("file", file);
      body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      bar.hidden = false;
      bar.value = 0;
      this.composer.leaves();
      request.open("POST", this.dataset.upload);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        bar.hidden = false;
        bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("loadend", () => this.sent(request, bar));
      request.send(body);
    }

    sent(request, bar) {
      bar.hidden = true;
      if (request.status === 201) {
        const { reference, notice } = JSON.parse(request.responseText);
        if (notice) this.say("said", notice);
        return this.composer.arrives(this.step(reference));
      }
      this.composer.arrives();
      const answer = new DOMParser().parseFromString(request.responseText || "", "text/html");
      this.say("not-sent", answer.querySelector(".toast__text")?.textContent);
    }

    say(template, sentence) {
      const note = document.getElementById(template).content.cloneNode(true);
      if (sentence) note.querySelector(".toast__text").textContent = sentence;
      document.getElementById("toasts").append(note);
    }

    /* The one that stands there now: it may have changed while a file was sent. */
    get composer() {
      return document.querySelector("st-composer");
    }

    /* The server puts it into the form and says what the slot then looks like; one after the other. */
    fill(reference) {
      this.composer.put(this.step(reference));
    }

    step(reference) {
      return `put:${this.dataset.slot}:${reference}`;
    }
  },
);
