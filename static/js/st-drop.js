/* <st-drop data-frames>: cards, files and addresses that are dragged over the page or pasted into it.
   Slots that take them are marked with their name, the others with the reason. Beside the slots, a file goes
   to the first slot that takes it, which is named here. A selected card takes the whole selection along. */
const closestTo = ({ target }, selector) => (target.closest ? target : target.parentElement)?.closest(selector);

customElements.define(
  "st-drop",
  class extends HTMLElement {
    static events = ["dragstart", "dragenter", "dragover", "dragleave", "drop", "dragend", "paste"];
    static lastFrame = 86400000; // a day in milliseconds: past the end of every video

    connectedCallback() {
      for (const name of this.constructor.events) document.addEventListener(name, this);
    }

    disconnectedCallback() {
      for (const name of this.constructor.events) document.removeEventListener(name, this);
    }

    handleEvent(event) {
      const { type } = event;
      if (type === "dragstart") this.start(event);
      else if (type === "dragend") this.finish();
      else if (type === "paste") this.paste(event);
      else if (type !== "dragleave") this.move(event);
      else if (event.target === this.entered) this.unmark();
    }

    get slots() {
      return [...document.querySelectorAll("st-slot")];
    }

    start(event) {
      this.card = closestTo(event, "article[data-generation]");
      const [selection] = document.getElementsByTagName("st-select");
      const found = (selection?.order ?? []).map((uuid) => document.querySelector(`article[data-generation="${uuid}"]`));
      this.cards = found.includes(this.card) ? found : [this.card];
      if (this.cards.length < 2) return;
      const badge = document.createElement("span");
      Object.assign(badge, { className: "drop-badge", textContent: `${this.cards.length} selected` });
      document.body.append(badge);
      event.dataTransfer.setDragImage(badge, 0, 0);
      setTimeout(() => badge.remove());
    }

    move(event) {
      this.mark(event.dataTransfer);
      if (this.media && !this.inTextField(event)) this.over(event);
      else if (event.type === "drop" && this.media) this.unmark();
      /* dragenter comes before dragleave: leaving the element that was entered last leaves the window. */
      if (event.type === "dragenter") this.entered = event.target;
    }

    /* The browser itself moves text into a text field. */
    inTextField(event) {
      return this.media === "address" && !this.card && closestTo(event, "input, textarea");
    }

    /* What is dragged: image, video, file (of unknown type), other (of another type), address, or "". */
    mediaOf({ types, items }, card = this.card) {
      if (card?.dataset.media) return card.dataset.media;
      if (!types.includes("Files")) return types.includes("text/uri-list") ? "address" : "";
      const type = items?.[0]?.type;
      return type?.match(/^(image|video)\//)?.[1] ?? (type ? "other" : "file");
    }

    mark(data) {
      const media = this.mediaOf(data);
      if (!media || this.media === media) return;
      this.media = media;
      document.querySelector(".dock st-composer")?.toggleAttribute("data-open", true);
      for (const slot of this.slots) {
        const reason = this.refusal(slot);
        slot.dataset.drop = reason ? "no" : "yes";
        slot.dataset.word = reason || this.nameOf(slot);
      }
      if (!this.card) this.textContent = this.invitation;
      this.hidden = Boolean(this.card);
    }

    unmark() {
      this.media = null;
      this.hidden = true;
      for (const slot of this.slots) for (const name of ["data-drop", "data-word", "data-over"]) slot.removeAttribute(name);
    }

    finish() {
      this.card = null;
      this.unmark();
    }

    /* Why a slot does not take it, or "". A slot for pictures takes a frame of a video. */
    refusal({ dataset }, media = this.media, card = this.card) {
      const accepts = dataset.accepts.split(" ");
      const unusable = card?.dataset.unusable;
      if (unusable) return unusable;
      if (dataset.only && ["video", "file", "other"].includes(media)) return dataset.only;
      if (media === "other") return "Takes pictures and videos only";
      if (dataset.accepts === "clip" && !card) return "Takes a video made here only";
      return media === "image" && !accepts.includes("image") ? "Takes a video" : "";
    }

    takesFrame({ dataset }, media) {
      return media === "video" && dataset.accepts === "image";
    }

    nameOf(slot) {
      const { label } = slot.dataset;
      return this.takesFrame(slot, this.media) ? `${label}: its last frame` : label;
    }

    /* The first empty slot that takes it, or else the first that takes it. */
    get defaultSlot() {
      const open = this.slots.filter((slot) => !this.refusal(slot));
      return open.find((slot) => !slot.hasAttribute("data-filled")) ?? open[0];
    }

    /* "goes into Start frame": what a slot does with it. */
    destination(slot) {
      return slot.dataset.goes ?? `goes into ${this.nameOf(slot)}`;
    }

    get invitation() {
      const slot = this.defaultSlot;
      return slot ? `Drop it anywhere: it ${this.destination(slot)}` : this.noPlace;
    }

    get noPlace() {
      const { only, word } = this.slots[0]?.dataset ?? {};
      return only ?? `Nothing here takes it: ${word ?? "choose another kind"}`;
    }

    over(event) {
      const slot = closestTo(event, "st-slot");
      const taking = slot ? !this.refusal(slot) : !this.card && this.defaultSlot;
      for (const one of this.slots) one.toggleAttribute("data-over", one === slot && Boolean(taking));
      if (this.card && !slot) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = taking ? "copy" : "none";
      if (event.type === "drop") this.drop(event.dataTransfer, taking && (slot ?? this.defaultSlot));
    }

    drop(data, slot) {
      const { card, cards, media } = this;
      const sentence = this.textContent;
      this.finish();
      if (!slot) this.tell(sentence);
      else if (card && cards.length > 1) this.spread(data, cards, slot);
      else if (card) this.fill(slot, card, media);
      else slot.take(data);
    }

    /* Give each card a place: the slot that was meant while it has room, then the next that takes it. */
    spread(data, cards, meant) {
      const slots = [meant, ...this.slots.filter((slot) => slot !== meant)];
      const room = new Map(slots.map((slot) => [slot, Math.max(Number(slot.dataset.room), slot === meant)]));
      let placed = 0;
      for (const card of cards) {
        const media = this.mediaOf(data, card);
        const takes = (slot) => !this.takesFrame(slot, media) && !this.refusal(slot, media, card);
        const slot = slots.find((one) => room.get(one) > 0 && takes(one));
        if (!slot) continue;
        room.set(slot, room.get(slot) - 1);
        this.fill(slot, card, media);
        placed += 1;
      }
      if (placed < cards.length) this.tell(`${placed} of ${cards.length} have a place here.`);
    }

    /* A video in a slot for pictures opens the frame picker at its last frame. */
    fill(slot, card, media) {
      const of = `generation:${card.dataset.generation}`;
      if (!this.takesFrame(slot, media)) return slot.fill(of);
      const query = new URLSearchParams({ of, slot: slot.dataset.slot, at: this.constructor.lastFrame });
      htmx.ajax("GET", `${this.dataset.frames}?${query}`, { target: "#frames" });
    }

    /* Take files that are pasted outside of a slot; a slot takes its own. A table is pasted as text and as a
       picture: a text field takes the text. */
    paste(event) {
      const { files, types } = event.clipboardData;
      const asText = types.includes("text/plain") && closestTo(event, "input, textarea");
      if (event.defaultPrevented || asText || !files.length) return;
      event.preventDefault();
      this.card = null;
      this.media = files[0].type.match(/^(image|video)\//)?.[1] ?? "other";
      const slot = this.defaultSlot;
      const pasted = slot && `Pasted: it ${this.destination(slot)}`;
      slot?.closest("st-composer")?.toggleAttribute("data-open", true);
      if (!slot) this.textContent = this.noPlace;
      this.drop(event.clipboardData, slot);
      if (slot) this.tell(pasted);
    }

    tell(sentence) {
      document.dispatchEvent(new CustomEvent("toast", { detail: { sentence } }));
    }
  },
);
