/* Dialogs: [data-dialog="id"] opens one, [data-close-dialog] closes it; the browser returns the focus. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && !dialog.open) dialog.showModal();
  }
  const open = event.target.closest?.("dialog[open]");
  if (open && (event.target === open || event.target.closest("[data-close-dialog]"))) open.close();
  const used = event.target.closest?.(".menu__item, .popup .button");
  used?.closest(":popover-open")?.hidePopover();
  if (event.target.closest?.("[data-compose]")) document.querySelector(".dock st-composer")?.toggleAttribute("data-open", true);
});
