/* What must be filled in now: stars and yellow follow the conditions of the definition. */

import { get, holds, linesAt, narrowed, steps } from "./values.js";

function needed(form, required, path) {
  if (required === "yes") return true;
  const condition = form.data.conditions[required];
  return Boolean(condition && holds(condition, path.includes("[") ? narrowed(form.values, path) : form.values));
}

const filled = (form, path) => {
  const value = get(form.values, path);
  return value !== undefined && value !== null && value !== "";
};

/* Colour the fields on the page, or those drawn anew, and open what is folded away around one that is now needed. */
export function colour(form, drawn = form) {
  for (const cell of drawn.querySelectorAll("[data-cell]")) {
    const inputs = [...cell.querySelectorAll("[data-field]")];
    const must = inputs.filter((input) => needed(form, input.dataset.required, form.pathOf(input)));
    for (const input of inputs) {
      if (must.includes(input)) input.setAttribute("aria-required", "true");
      else input.removeAttribute("aria-required");
    }
    cell.classList.toggle("req", must.length > 0 && !cell.classList.contains("auto"));
    const fold = cell.closest("details.fold");
    if (fold && !fold.open && must.some((input) => !filled(form, form.pathOf(input)))) fold.open = true;
  }
}

/* Whether a field's new value makes others needed, or no more. */
export function decides(form, input, before, after) {
  return Object.values(form.data.conditions).some((condition) => {
    const wanted = condition[input.dataset.field];
    const meets = (value) => value !== "" && (wanted.includes("*") || wanted.includes(value));
    return wanted && meets(before) !== meets(after);
  });
}

/* How many must be filled in and how many are, over all lines, open or not. A line is counted again when something
   in it has changed, or what the conditions look at anywhere. */
export class Counts {
  constructor(form) {
    this.form = form;
    this.head = [];
    this.sections = new Map();
    this.kept = new WeakMap();
    for (const [path, required] of requirements(form)) {
      const [section, ...rest] = path.split(".");
      if (!rest.length) this.head.push([path, required]);
      else this.sections.set(section, [...(this.sections.get(section) ?? []), [rest, required]]);
    }
  }

  /* What was typed at a path counts anew; without one, everything does. */
  forget(path) {
    const [section, line] = path ? steps(path) : [];
    if (!path) this.kept = new WeakMap();
    else if (line !== undefined) this.kept.delete(linesAt(this.form.values, section)[line] ?? this);
  }

  /* Whether a condition is met now that was not at the last asking, or no more. */
  turned() {
    const { values, data } = this.form;
    const now = Object.values(data.conditions).map((condition) => Number(holds(condition, values))).join("");
    const before = this.met;
    this.met = now;
    if (before !== now) this.forget();
    return before !== now;
  }

  total() {
    const total = { needed: 0, filled: 0 };
    const add = (must, has) => {
      total.needed += must;
      total.filled += has;
    };
    for (const [path, required] of this.head) {
      const must = needed(this.form, required, path);
      add(Number(must), Number(must && filled(this.form, path)));
    }
    for (const [section, fields] of this.sections) {
      linesAt(this.form.values, section).forEach((line, at) => add(...this.line(line, `${section}[${at}]`, fields)));
    }
    return total;
  }

  /* Of one line: how many, and how many of them are. */
  line(line, path, fields) {
    if (this.kept.has(line)) return this.kept.get(line);
    if (Object(line) !== line) return [0, 0]; // a file may hold anything
    const meets = new Map(), alone = narrowed(this.form.values, path);
    const must = (required) => {
      const condition = this.form.data.conditions[required];
      if (!meets.has(required)) meets.set(required, required === "yes" || Boolean(condition && holds(condition, alone)));
      return meets.get(required);
    };
    const values = fields.filter(([, required]) => must(required)).flatMap(([[name, inner]]) =>
      inner === undefined ? [line[name]] : linesAt(line, name).map((each) => each?.[inner]),
    );
    const found = [values.length, values.filter((value) => value !== undefined && value !== null && value !== "").length];
    this.kept.set(line, found);
    return found;
  }
}

/* Every field of the form with its requirement, those of closed editors too. */
function requirements(form) {
  const found = new Map();
  const gather = (root) => {
    for (const input of root.querySelectorAll("[data-field]")) found.set(input.dataset.field, input.dataset.required);
    for (const template of root.querySelectorAll("template")) gather(template.content);
  };
  gather(form);
  for (const [path, required] of found) if (required === "no") found.delete(path);
  return found;
}
