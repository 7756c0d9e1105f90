// Starts the NHS.UK components of the page; everything works without it.
import { initAll } from "/assets/nhsuk-frontend.js";

initAll();

// When its width changes, the header moves its links about, and one that is moved loses the keyboard's place.
addEventListener("resize", () => {
  const used = document.activeElement;
  requestAnimationFrame(() => {
    if (used && document.activeElement === document.body) used.focus({ preventScroll: true });
  });
});
