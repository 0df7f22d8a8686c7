/* The keyboard of a form. Nothing is taken from a browser's own keys or from an input method at work. */

/* What is folded away has its place all the same, but takes no cursor. */
export const walked = (input) => !input.readOnly && !input.disabled && input.checkVisibility();

/* Where one comes by walking: every field, and where a section has no line yet, what makes its first. */
const STOPS = "[data-field], [data-lines]:not(:has(tr[data-at])) > header [data-line-do=add]";

/* From no field at all, the first. Behind the last field of a line comes the first of the next. */
export function next(form, from, by) {
  const all = [...form.querySelectorAll(STOPS)];
  const at = all.indexOf(from);
  if (from && at < 0) return;
  let to = at + by;
  while (all[to] && !walked(all[to])) to += by;
  const line = from?.closest(".editing");
  if (line && !line.contains(all[to] ?? null) && line.parentElement.closest("[data-lines]").lines.step(by, by < 0)) return;
  all[to]?.focus();
  all[to]?.select?.();
}

function section(form, digit) {
  const found = form.querySelector(`[data-key="${digit}"]`);
  if (!found) return false;
  found.scrollIntoView({ block: "start" });
  const places = [...found.querySelectorAll("[data-field], tr[data-at][tabindex]")];
  const first = places.find(walked) ?? found.querySelector("[data-line-do=add]");
  first?.focus({ preventScroll: true });
  return true;
}

function enter(form, event) {
  const target = event.target;
  if (!target.matches?.("[data-field]")) return false;
  next(form, target, event.shiftKey ? -1 : 1);
  return true;
}

function ofLines(form, event) {
  const editing = form.opened();
  if (!editing) return false;
  if (event.key === "Escape") {
    // Esc in a field of another section leaves that field, and no more.
    if (event.target.closest("[data-field]") && !editing.element.contains(event.target)) return false;
    editing.close();
  } else editing.step(event.key === "PageDown" ? 1 : -1);
  return true;
}

/* One more line of the section where somebody stands, however many stand above. */
function addLine(event) {
  const lines = event.target.closest?.("[data-lines]")?.lines;
  lines?.add();
  return Boolean(lines);
}

/* What the line above says in this field, this one says too; the cursor stays. */
function asAbove(form, event) {
  const input = event.target;
  if (!input.matches?.("[data-lines] [data-field]") || input.readOnly || input.disabled) return false;
  const path = form.pathOf(input);
  const above = path.replace(/\[(\d+)\](?!.*\[)/, (_, line) => `[${line - 1}]`);
  if (!above.includes("[-1]")) form.takes(path, above);
  input.select?.();
  return true;
}

const DOES = {
  F8: (form) => form.check(),
  F9: (form) => form.submit(),
  F4: (form, event) => form.problems.step(event.shiftKey ? -1 : 1),
};

function does(form, event) {
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "'" && !event.altKey) return asAbove(form, event);
    if (event.key.toLowerCase() !== "s" || event.altKey) return false;
    form.save();
    return true;
  }
  if (event.altKey && event.key === "Enter") return addLine(event);
  if (event.altKey) return /^Digit[1-9]$/.test(event.code) && section(form, event.code.slice(5));
  if (DOES[event.key]) {
    DOES[event.key](form, event);
    return true;
  }
  if (event.key === "Enter") return enter(form, event);
  if (["Escape", "PageUp", "PageDown"].includes(event.key)) return ofLines(form, event);
  return false;
}

export function listen(form) {
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
    if (does(form, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}
