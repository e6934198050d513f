/* Single keys outside text fields; <st-keys-switch> turns them off. "g" waits for a second key. */
let leader = 0;

const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]");
const link = (path) => document.querySelector(`.shell-nav a[href$="${path}"]`);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || document.body.dataset.noKeys) return;
  const after = Date.now() - leader < 1500;
  leader = 0;
  if (after && event.key === "l") link("/")?.click();
  else if (after && event.key === "c") link("/create/")?.click();
  else if (event.key === "g") leader = Date.now();
  else if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (event.key === "n") document.getElementById("composer-prompt")?.focus();
  else if (/^[a-z]$/.test(event.key) && document.querySelector(`.generation [data-key="${event.key}"]`))
    document.querySelector(`.generation [data-key="${event.key}"]`).click();
  else return;
  event.preventDefault();
});
