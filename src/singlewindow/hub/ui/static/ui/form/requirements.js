/* What must be filled in now: stars and yellow follow the conditions of the definition. */

import { get, holds, linesAt, narrowed } from "./values.js";

function needed(form, required, path) {
  if (required === "yes") return true;
  const condition = form.data.conditions[required];
  return Boolean(condition && holds(condition, path.includes("[") ? narrowed(form.values, path) : form.values));
}

const filled = (form, path) => {
  const value = get(form.values, path);
  return value !== undefined && value !== null && value !== "";
};

/* Colour the fields on the page, and open what is folded away around one that is now needed. */
export function colour(form) {
  for (const cell of form.querySelectorAll("[data-cell]")) {
    const inputs = [...cell.querySelectorAll("[data-field]")];
    let must = false;
    for (const input of inputs) {
      const path = form.pathOf(input);
      const need = needed(form, input.dataset.required, path);
      input.toggleAttribute("aria-required", need);
      if (need) input.setAttribute("aria-required", "true");
      must ||= need;
    }
    cell.classList.toggle("req", must && !cell.classList.contains("auto"));
    const fold = cell.closest("details.fold");
    if (fold && !fold.dataset.seen && inputs.some((input) => needsSight(form, input))) fold.dataset.wanted = "1";
  }
  for (const fold of form.querySelectorAll("details.fold[data-wanted]")) {
    fold.open = true;
    delete fold.dataset.wanted;
  }
}

const needsSight = (form, input) => {
  const path = form.pathOf(input);
  return needed(form, input.dataset.required, path) && !filled(form, path);
};

/* Whether a field's new value makes others needed, or no more. */
export function decides(form, input, before, after) {
  return Object.values(form.data.conditions).some((condition) => {
    const wanted = condition[input.dataset.field];
    const meets = (value) => value !== "" && (wanted.includes("*") || wanted.includes(value));
    return wanted && meets(before) !== meets(after);
  });
}

/* How many must be filled in and how many are, over all lines, open or not. */
export function count(form) {
  const total = { needed: 0, filled: 0 };
  const tally = (required, path) => {
    if (!needed(form, required, path)) return;
    total.needed += 1;
    if (filled(form, path)) total.filled += 1;
  };
  for (const [path, required] of form.required) {
    const [section, ...rest] = path.split(".");
    if (!rest.length) tally(required, path);
    else if (rest.length === 1) linesAt(form.values, section).forEach((_, i) => tally(required, `${section}[${i}].${rest[0]}`));
    else
      linesAt(form.values, section).forEach((line, i) =>
        linesAt(line, rest[0]).forEach((_, j) => tally(required, `${section}[${i}].${rest[0]}[${j}].${rest[1]}`)),
      );
  }
  return total;
}

/* Every field of the form with its requirement, those of closed editors too. */
export function requirements(form) {
  const found = new Map();
  const gather = (root) => {
    for (const input of root.querySelectorAll("[data-field]")) found.set(input.dataset.field, input.dataset.required);
    for (const template of root.querySelectorAll("template")) gather(template.content);
  };
  gather(form);
  for (const [path, required] of found) if (required === "no") found.delete(path);
  return found;
}
