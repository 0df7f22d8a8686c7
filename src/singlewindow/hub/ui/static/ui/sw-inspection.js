/* Inspection orders and instructions: what is typed survives live refreshes and the end of a session;
   1 2 3 choose a result. */

import { drop, keep, kept as before, leaving } from "./kept.js";

const ACTIONS = "[data-key='F9']";

function touched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "radio") return field.checked !== field.defaultChecked && field.checked;
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.value !== field.defaultValue;
}

/* What the server had in a field when it was typed over: once it has something else, that stands. */
function known(field) {
  if (field.type === "radio") {
    const choices = [...field.form.querySelectorAll(`[name="${field.name}"]`)];
    return choices.find((one) => one.defaultChecked)?.value ?? "";
  }
  if (field.type === "checkbox") return String(field.defaultChecked);
  if (field.tagName === "SELECT") return [...field.options].find((one) => one.defaultSelected)?.value ?? "";
  return field.defaultValue;
}

/* Fields are found again by their id: lines may move when another agency joins. A line's own name goes
   with it, for its number may be another one after the refresh. */
function lineOf(field) {
  return field.closest("[data-line]")?.querySelector("input[type=hidden]")?.value ?? "";
}

/* When what stands in its line was entered, as the reader has it who types over it. */
function seen(field) {
  return field.closest("[data-line]")?.querySelector("[data-seen]");
}

function collect(place) {
  const fields = place.querySelectorAll("[data-keep] input, [data-keep] select, [data-keep] textarea, [form]");
  return [...fields]
    .filter((field) => field.id && field.matches("input, select, textarea") && touched(field))
    .map((field) => ({
      id: field.id,
      line: lineOf(field),
      kind: field.id.split("-")[0],
      value: field.value,
      checked: field.checked,
      known: known(field),
      seen: seen(field)?.value,
      form: field.form.getAttribute("action"),
    }));
}

function find(place, kept) {
  if (!kept.line) return document.getElementById(kept.id);
  const line = [...place.querySelectorAll("[data-line]")].find(
    (one) => one.querySelector("input[type=hidden]").value === kept.line,
  );
  if (kept.kind === "note") return line?.querySelector("input.inp");
  return line?.querySelector(`input[type=radio][value="${kept.value}"]`);
}

/* Where somebody stands, with what is marked there: of other fields than notes it may be nothing. */
function standing(place) {
  const field = document.activeElement;
  if (!place.contains(field) || !field.id || !field.matches("input, textarea")) return null;
  const { id, value, selectionStart, selectionEnd } = field;
  return { id, value, line: lineOf(field), kind: id.split("-")[0], marked: [selectionStart, selectionEnd] };
}

/* The cursor stays in its line, whatever number that has now; in no other, once it is somebody else's to enter.
   Within a text it stays where it was: putting the text back has moved it to the end. */
function stand(place, at) {
  const field = find(place, at);
  if (!field) return at.line && document.activeElement.blur();
  if (field !== document.activeElement) field.focus({ preventScroll: true });
  if (at.marked[0] !== null && field.value === at.value) field.setSelectionRange(...at.marked);
}

/* After a way elsewhere: not over what others have entered since. */
function restore(place) {
  const found = before().filter((one) => {
    const field = find(place, one);
    return field && known(field) === one.known;
  });
  found.forEach((one) => put(place, one));
  const words = document.querySelector("[data-kept]");
  if (words) words.hidden = !found.length;
}

/* What somebody wants to be rid of is not kept again by a refresh before the page is gone. */
let dropped = false;
function remember(place) {
  if (!dropped) keep(collect(place));
}

function put(place, kept) {
  const field = find(place, kept);
  if (!field) return;
  if (field.type === "radio") field.checked = true;
  else if (field.type === "checkbox") field.checked = kept.checked;
  else field.value = kept.value;
  if (kept.line && kept.seen !== undefined) seen(field).value = kept.seen;
}

/* The list of orders scrolls by itself: the open one is in sight, and stays where the reader left it. */
const list = (place) => place.querySelector(".wl");

for (const place of document.querySelectorAll("[data-inspection]")) {
  let kept = [];
  let scrolled = 0;
  let stood = null;
  restore(place);
  place.addEventListener("input", () => remember(place));
  place.addEventListener("submit", (event) => leaving(event.target));
  list(place)?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  place.addEventListener("htmx:beforeSwap", () => {
    kept = collect(place);
    stood = standing(place);
    scrolled = list(place)?.scrollTop ?? 0;
  });
  // At once: a key pressed before the page has settled is younger than what was kept.
  place.addEventListener("htmx:afterSwap", () => {
    kept.forEach((one) => put(place, one));
    if (stood) stand(place, stood);
    if (list(place)) list(place).scrollTop = scrolled;
  });
  place.addEventListener("htmx:afterSettle", () => remember(place));
}

document.querySelector("[data-kept-drop]")?.addEventListener("click", () => {
  dropped = true;
  drop();
  location.replace(location.pathname + location.search);
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "F9") {
    const button = document.querySelector(ACTIONS);
    if (!button) return;
    event.preventDefault();
    button.click();
    return;
  }
  const line = event.target.closest?.("[data-line]");
  if (!line || event.target.matches("input.inp")) return;
  const choice = line.querySelector(`[data-choice="${event.key}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.focus();
  choice.dispatchEvent(new Event("input", { bubbles: true }));
});
