/* The keyboard of every page: `/` finds, `J` and `K` walk a list, `Enter` opens, F1 or `?` shows all keys.
   Keys are left alone while somebody types and while an input method is composing. */

const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function find(event) {
  const field = document.querySelector("[data-search]");
  if (!field) return;
  event.preventDefault();
  if (field.offsetParent === null) location.assign(field.form.action);
  else {
    field.focus();
    field.select();
  }
}

function step(event, by) {
  const rows = [...document.querySelectorAll("[data-list] [data-row]")];
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  next.querySelector("a[data-open]").focus();
}

/* Whoever comes back to a list stands on the row that they left it by. */
addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-list] [data-row][id]");
  if (row && event.target.closest("a[href]")) history.replaceState({ ...history.state, row: row.id }, "");
});
document.getElementById(history.state?.row)?.querySelector("a[data-open]")?.focus({ preventScroll: true });

function help(event) {
  const table = document.getElementById("keyboard");
  if (!table || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  table.showModal();
}

addEventListener("click", (event) => {
  if (event.target.closest?.("[data-keyboard]")) help(event);
  if (event.target.closest?.("[data-print]")) print();
});

/* What cannot be taken back is asked once more, in the words of the button. */
addEventListener(
  "click",
  (event) => {
    const sure = event.target.closest?.("[data-sure]");
    if (sure && !confirm(sure.dataset.sure)) event.preventDefault();
  },
  true,
);

/* A menu that hangs open is closed by Esc, which gives the cursor back, and by going elsewhere. */
function fold(but) {
  const open = [...document.querySelectorAll("details.drop[open]")].filter((menu) => !menu.contains(but));
  open.forEach((menu) => (menu.open = false));
  return open[0];
}

addEventListener("click", (event) => fold(event.target));

addEventListener("keydown", (event) => {
  if (event.key === "F1") return help(event);
  if (event.key === "Escape") fold(null)?.querySelector("summary").focus();
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") help(event);
  else if (event.key === "/") find(event);
  else if (event.key === "j" || event.key === "J") step(event, 1);
  else if (event.key === "k" || event.key === "K") step(event, -1);
});
