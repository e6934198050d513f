/* <st-slot data-upload>: takes a file or a card by choice, drop or paste, and shows how far it is. */
customElements.define(
  "st-slot",
  class extends HTMLElement {
    connectedCallback() {
      for (const name of ["change", "dragenter", "dragover", "dragleave", "drop", "paste"])
        this.addEventListener(name, this);
    }

    handleEvent(event) {
      if (event.type === "change" && event.target.type === "file") {
        event.stopPropagation();
        this.send(event.target.files[0]);
        event.target.value = "";
      } else if (event.type.startsWith("drag") || event.type === "drop") this.drag(event);
      else if (event.type === "paste") this.paste(event.clipboardData, event);
    }

    drag(event) {
      event.preventDefault();
      this.toggleAttribute("data-over", event.type === "dragover" || event.type === "dragenter");
      if (event.type === "drop") this.paste(event.dataTransfer, event);
    }

    /* A card, a file, or an address; what is pasted into a text field stays there. */
    paste(data, event) {
      if (event.type === "paste" && event.target.matches("input")) return;
      const text = (data.getData("text/uri-list") || data.getData("text/plain")).trim();
      const card = text.match(/\/g\/([0-9a-f-]{36})\/?$/);
      const file = [...data.files].find((one) => /^(image|video)\//.test(one.type));
      const address = /^https?:\/\/\S+$/.test(text) && `url:${text}`;
      if (!card && !file && !address) return;
      event.preventDefault();
      if (card || !file) this.fill(card ? `generation:${card[1]}` : address);
      else this.send(file);
    }

    send(file) {
      if (!file) return;
      if (file.size > (file.type.startsWith("video/") ? 1e8 : 2e7)) return this.say("too-large");
      const bar = this.querySelector("progress");
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("file", file);
      body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
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
        return this.fill(reference);
      }
      const answer = new DOMParser().parseFromString(request.responseText || "", "text/html");
      this.say("not-sent", answer.querySelector(".toast__text")?.textContent);
    }

    say(template, sentence) {
      const note = document.getElementById(template).content.cloneNode(true);
      if (sentence) note.querySelector(".toast__text").textContent = sentence;
      document.getElementById("toasts").append(note);
    }

    /* The server puts it into the form and says what the slot then looks like. */
    fill(reference) {
      const button = this.querySelector("[data-changed]");
      button.value = `put:${this.dataset.slot}:${reference}`;
      button.click();
    }
  },
);
