/* A toast for a request that did not arrive and for an answer without a page of its own. */
const tell = (template) => document.dispatchEvent(new CustomEvent("toast", { detail: { template } }));

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && event.target.localName !== "st-poller") tell("toast-unreachable");
});

document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if ([400, 413, 500, 502, 504].includes(status) && event.target.localName !== "st-poller")
    tell(status === 413 ? "toast-too-large" : "toast-server-error");
});
