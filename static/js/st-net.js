/* Requests that never arrived, and answers nobody planned: a toast from the page's own templates. */
const tell = (id) => {
  const note = document.getElementById(id);
  if (note) document.getElementById("toasts").append(note.content.cloneNode(true));
};

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && event.target.localName !== "st-poller") tell("not-sent");
});

document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if ([400, 413, 500, 502, 504].includes(status) && event.target.localName !== "st-poller")
    tell(status === 413 ? "too-large" : "stumbled");
});
