/* <st-slot data-upload>: takes a picture by file choice, drop or paste, and shows how far it is. */
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

    paste(data, event) {
      const file = [...data.files].find((one) => one.type.startsWith("image/"));
      if (!file) return;
      event.preventDefault();
      this.send(file);
    }

    send(file) {
      if (!file) return;
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
      if (request.status === 201) return this.fill(JSON.parse(request.responseText).reference);
      const note = document.getElementById("not-sent").content.cloneNode(true);
      const answer = new DOMParser().parseFromString(request.responseText || "", "text/html");
      const sentence = answer.querySelector(".toast__text")?.textContent;
      if (sentence) note.querySelector(".toast__text").textContent = sentence;
      document.getElementById("toasts").append(note);
    }

    /* The reference goes into the form; the server says what the slot then looks like. */
    fill(reference) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: this.dataset.slot, value: reference });
      for (const old of this.querySelectorAll(`input[name="${this.dataset.slot}"]`)) old.remove();
      this.append(field);
      this.querySelector("[data-changed]").click();
    }
  },
);
