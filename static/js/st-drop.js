/* <st-drop data-frames>: what is dragged over the page or pasted into it. Slots that take it are marked
   and named, the others say why not; what falls beside them goes to the slot that is named here. A selected
   card takes the whole selection along. */
const around = ({ target }, names) => (target.closest ? target : target.parentElement)?.closest(names);

customElements.define(
  "st-drop",
  class extends HTMLElement {
    static heard = ["dragstart", "dragenter", "dragover", "dragleave", "drop", "dragend", "paste"];

    connectedCallback() {
      for (const name of this.constructor.heard) document.addEventListener(name, this);
    }

    disconnectedCallback() {
      for (const name of this.constructor.heard) document.removeEventListener(name, this);
    }

    handleEvent(event) {
      const { type } = event;
      if (type === "dragstart") this.lift(event);
      else if (type === "dragend") this.end((this.card = null));
      else if (type === "dragleave") event.target === this.last && this.end();
      else if (type === "paste") this.paste(event);
      else {
        this.begin(event.dataTransfer);
        if (this.thing && !this.typed(event)) this.over(event);
        else if (type === "drop" && this.thing) this.end();
        /* Entering comes before leaving: who leaves what was entered last has left the window. */
        if (type === "dragenter") this.last = event.target;
      }
    }

    get slots() {
      return [...document.querySelectorAll("st-slot")];
    }

    lift(event) {
      this.card = around(event, "article[data-generation]");
      const [selected] = document.getElementsByTagName("st-select");
      const found = (selected?.order ?? []).map((uuid) => document.querySelector(`article[data-generation="${uuid}"]`));
      this.cards = found.includes(this.card) ? found : [this.card];
      if (this.cards.length < 2) return;
      const badge = document.createElement("span");
      Object.assign(badge, { className: "drop-badge", textContent: `${this.cards.length} selected` });
      document.body.append(badge);
      event.dataTransfer.setDragImage(badge, 0, 0);
      setTimeout(() => badge.remove());
    }

    /* Words that are dragged into a text field are the browser's business. */
    typed(event) {
      return this.thing === "address" && !this.card && around(event, "input, textarea");
    }

    /* image, video, address, dead, other; nothing for what is none of ours. */
    what({ types, items }, card = this.card) {
      const { media, state } = card?.dataset ?? {};
      if (media) return ["failed", "refused", "cancelled", "media_lost", "stalled", "given_up"].includes(state) ? "dead" : media;
      if (types.includes("Files")) {
        const [, found] = items?.[0]?.type.match(/^(image|video)\//) ?? [];
        return found ?? (items?.[0]?.type ? "other" : "file");
      }
      return types.includes("text/uri-list") ? "address" : "";
    }

    begin(data) {
      const thing = this.what(data);
      if (!thing || this.thing === thing) return;
      this.thing = thing;
      document.querySelector(".dock st-composer")?.toggleAttribute("data-open", true);
      for (const slot of this.slots) {
        const why = this.against(slot);
        slot.dataset.drop = why ? "no" : "yes";
        slot.dataset.word = why || this.word(slot);
      }
      if (!this.card) this.textContent = this.beside();
      this.hidden = Boolean(this.card);
    }

    /* Why a slot does not take it, or nothing. A video in a slot for pictures gives a frame. */
    against({ dataset }, thing = this.thing, card = this.card) {
      const takes = dataset.accepts.split(" ");
      const made = takes.join() === "clip";
      if (dataset.only && ["video", "file", "other"].includes(thing)) return dataset.only;
      if (thing === "dead") return "It did not come to be";
      if (thing === "other") return "Takes pictures and videos only";
      if (made && !card) return "Takes a video made here only";
      return thing === "image" && !takes.includes("image") ? "Takes a video" : "";
    }

    word({ dataset }) {
      const frame = this.thing === "video" && dataset.accepts === "image";
      return frame ? `${dataset.label}: its last frame` : dataset.label;
    }

    /* The first empty slot that takes it, or else the first. */
    get home() {
      const open = this.slots.filter((slot) => !this.against(slot));
      return open.find((slot) => !slot.hasAttribute("data-filled")) ?? open[0];
    }

    beside() {
      const slot = this.home;
      if (slot) return `Drop it anywhere: it ${slot.dataset.goes ?? `goes into ${this.word(slot)}`}`;
      const { only, word } = this.slots[0]?.dataset ?? {};
      return only ?? `Nothing here takes it: ${word ?? "choose another kind"}`;
    }

    over(event) {
      const slot = around(event, "st-slot");
      const good = slot ? !this.against(slot) : !this.card && this.home;
      for (const one of this.slots) one.toggleAttribute("data-over", one === slot && Boolean(good));
      if (this.card && !slot) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = good ? "copy" : "none";
      if (event.type === "drop") this.drop(event.dataTransfer, good && (slot ?? this.home));
    }

    drop(data, slot) {
      const { card, cards, thing } = this;
      const why = this.textContent;
      this.end((this.card = null));
      if (!slot) this.say(why);
      else if (card && cards.length > 1) this.place(data, cards, slot);
      else if (card) this.put(slot, card.dataset.generation, thing);
      else slot.take(data);
    }

    /* Each card its place: the slot that was meant while it has room, then the next one that takes it. */
    place(data, cards, meant) {
      const slots = [meant, ...this.slots.filter((slot) => slot !== meant)];
      const room = new Map(slots.map((slot) => [slot, Math.max(Number(slot.dataset.room), slot === meant)]));
      let placed = 0;
      for (const card of cards) {
        const thing = this.what(data, card);
        const takes = ({ dataset }) => thing !== "video" || dataset.accepts !== "image";
        const slot = slots.find((one) => room.get(one) > 0 && takes(one) && !this.against(one, thing, card));
        if (!slot) continue;
        room.set(slot, room.get(slot) - 1);
        this.put(slot, card.dataset.generation, thing);
        placed += 1;
      }
      if (placed < cards.length) this.say(`${placed} of ${cards.length} have a place here.`);
    }

    put(slot, uuid, thing) {
      if (thing !== "video" || slot.dataset.accepts !== "image") return slot.fill(`generation:${uuid}`);
      const query = new URLSearchParams({ of: `generation:${uuid}`, slot: slot.dataset.slot, at: 86400000 });
      htmx.ajax("GET", `${this.dataset.frames}?${query}`, { target: "#frames" });
    }

    /* A picture pasted anywhere; what is pasted in a slot was taken there. A table comes as text and as its
       picture: into a text field goes the text. */
    paste(event) {
      const { files, types } = event.clipboardData;
      const text = types.includes("text/plain") && around(event, "input, textarea");
      if (event.defaultPrevented || text || !files.length) return;
      event.preventDefault();
      this.card = null;
      this.thing = files[0].type.match(/^(image|video)\//)?.[1] ?? "other";
      const why = this.beside();
      const slot = this.home;
      slot?.closest("st-composer")?.toggleAttribute("data-open", true);
      this.textContent = why;
      this.drop(event.clipboardData, slot);
      if (slot) this.say(why.replace(/^.*: it (goes|comes)/, "Pasted: it $1"));
    }

    end() {
      this.thing = null;
      this.hidden = true;
      for (const slot of this.slots) for (const name of ["data-drop", "data-word", "data-over"]) slot.removeAttribute(name);
    }

    say(sentence) {
      const note = document.getElementById("said").content.cloneNode(true);
      note.querySelector(".toast__text").textContent = sentence;
      document.getElementById("toasts").append(note);
    }
  },
);
