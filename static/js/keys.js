/* Single keys outside text fields; a switch in the help dialog turns them off for this device. */
const KEYS_OFF = "keys-off";
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

customElements.define(
  "st-keys-switch",
  class extends HTMLElement {
    connectedCallback() {
      this.hidden = false;
      const box = this.querySelector("input");
      box.checked = localStorage.getItem(KEYS_OFF) !== "1";
      document.body.toggleAttribute("data-no-keys", !box.checked);
      if (!box.checked) document.body.dataset.noKeys = "1";
      box.addEventListener("change", () => {
        localStorage.setItem(KEYS_OFF, box.checked ? "" : "1");
        if (box.checked) delete document.body.dataset.noKeys;
        else document.body.dataset.noKeys = "1";
      });
    }
  },
);
