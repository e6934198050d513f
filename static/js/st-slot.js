/* <st-slot data-upload data-put data-image-bytes data-video-bytes>: takes files that are chosen, dropped or pasted,
   uploads them and shows the progress. data-only is the reason why it takes pictures alone. */
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

    /* Take a card, files or an address; return whether the data was one. */
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

    /* The steps of the form as it is now: it may have been swapped while a file was sent. */
    get steps() {
      return document.querySelector("st-steps");
    }

    /* The server puts the reference into the form and answers with the new form. */
    fill(reference) {
      this.steps.put(`${this.dataset.put}:${reference}`);
    }

    /* Upload files one after the other, in their order; a refused file does not stop the others. */
    async send(files) {
      const sent = this.querySelector('[type="file"]').multiple ? files : files.slice(0, 1);
      if (sent.length < files.length) this.tell({ sentence: "One at a time: the first file was taken." });
      this.steps.expectFiles(sent.length);
      for (const file of sent) {
        const reference = await this.upload(file, sent.length > 1 ? `${file.name}: ` : "");
        this.steps.fileArrived(reference && `${this.dataset.put}:${reference}`);
      }
    }

    /* Return the reference of the stored file; a refusal is a toast, which begins with `about`. */
    async upload(file, about) {
      const video = file.type.startsWith("video/");
      const { only, imageBytes, videoBytes } = this.dataset;
      if (video && only) return this.tell({ template: "toast-unreachable", sentence: only, about });
      if (file.size > Number(video ? videoBytes : imageBytes)) return this.tell({ template: "toast-too-large", about });
      const bar = this.querySelector("progress");
      const answer = await this.post(file, bar);
      bar.hidden = true;
      if (answer.status === 201) {
        const { reference, notice } = JSON.parse(answer.responseText);
        if (notice) this.tell({ sentence: notice, about });
        return reference;
      }
      const page = new DOMParser().parseFromString(answer.responseText || "", "text/html");
      this.tell({ template: "toast-unreachable", sentence: page.querySelector(".toast__text")?.textContent, about });
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

    tell(detail) {
      document.dispatchEvent(new CustomEvent("toast", { detail }));
    }
  },
);
