/* Ways out of a form on which something is not saved yet: those of the platform save it first. */

const OF_THE_FRAME = ".lang, [data-sign-out]";
let saved = false;

export function leave(form) {
  addEventListener("beforeunload", (event) => form.dirty && event.preventDefault());
  // A phone ends a page that it put aside, and asks nobody.
  document.addEventListener("visibilitychange", () => document.hidden && form.dirty && form.save());
  addEventListener("submit", (event) => out(form, event), true);
}

/* In the other language stands what was typed in this one. What could not be saved the browser asks about. */
async function out(form, event) {
  const way = event.target;
  if (way.matches("[data-discard]")) form.dirty = false; // it was asked for already
  if (!way.matches(OF_THE_FRAME)) return;
  const save = form.dirty && !saved;
  if (save) event.preventDefault();
  if (save) await form.save();
  if (way.elements.next) way.elements.next.value = location.pathname + location.search;
  if (!save) return;
  saved = true;
  way.requestSubmit();
  saved = false;
}
