/* What a request that never arrived looks like: a toast from the page's own template. */
document.addEventListener("htmx:error", (event) => {
  const source = event.target;
  if (!event.detail.ctx || source.localName === "st-poller") return;
  const note = document.getElementById("not-sent");
  if (note) document.getElementById("toasts").append(note.content.cloneNode(true));
});
