/* Before the first paint: the theme this person chose on this device, so that nothing flashes. */
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "system") document.documentElement.dataset.theme = chosen;
} catch {
  /* Storage is switched off: the dark default stands. */
}
