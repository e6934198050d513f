/* <st-slot data-upload data-put>: takes files by choice, what st-drop hands it, what is pasted; shows how far they are. */
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
        this.send([...event.target.files]);
        event.target.value = "";
      }
    }

    /* A card, files, or an address; true for what is one. */
    take(data) {
      const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim();
      const card = text.match(/\/g\/([0-9a-f-]{36})\/?$/);
      const files = [...data.files];
      const address = /^https?:\/\/\S+$/.test(text) && `url:${text}`;
      if (card) this.fill(`generation:${card[1]}`);
      else if (files.length) this.send(files);
      else if (address) this.fill(address);
      return Boolean(card || files.length || address);
    }

    /* The steps of the form that stands there now: it may have changed while a file was sent. */
    get steps() {
      return document.querySelector("st-steps");
    }

    /* The server puts it into the form and says what that then looks like. */
    fill(reference) {
      this.steps.put(`${this.dataset.put}:${reference}`);
    }

    /* Several come one after the other and lie in their order; one that is refused leaves the others. */
    async send(files) {
      const sent = this.querySelector('[type="file"]').multiple ? files : files.slice(0, 1);
      if (sent.length < files.length) this.say("said", "One at a time: the first file was taken.");
      this.steps.expect(sent.length);
      for (const file of sent) {
        const reference = await this.upload(file, sent.length > 1 ? `${file.name}: ` : "");
        this.steps.came(reference && `${this.dataset.put}:${reference}`);
      }
    }

    /* The reference of what was stored; what is wrong is said, of several with the name. */
    async upload(file, name) {
      const video = file.type.startsWith("video/");
      if (video && this.dataset.only) return this.say("not-sent", this.dataset.only, name);
      if (file.size > (video ? 1e8 : 2e7)) return this.say("too-large", "", name);
      const bar = this.querySelector("progress");
      const answer = await this.post(file, bar);
      bar.hidden = true;
      if (answer.status === 201) {
        const { reference, notice } = JSON.parse(answer.responseText);
        if (notice) this.say("said", notice, name);
        return reference;
      }
      const page = new DOMParser().parseFromString(answer.responseText || "", "text/html");
      this.say("not-sent", page.querySelector(".toast__text")?.textContent, name);
    }

    post(file, bar) {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("file", file);
      body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
      bar.value = 0;
      bar.hidden = false;
      request.open("POST", this.dataset.upload);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        bar.hidden = false;
        bar.value = (100 * event.loaded) / event.total;
      });
      return new Promise((done) => {
        request.addEventListener("loadend", () => done(request));
        request.send(body);
      });
    }

    say(template, sentence, name = "") {
      const note = document.getElementById(template).content.cloneNode(true);
      const text = note.querySelector(".toast__text");
      text.textContent = name + (sentence || text.textContent.trim());
      document.getElementById("toasts").append(note);
    }
  },
);
