/* The docked panel and the words beside each field: the same problem objects, shown twice. */

import { make, say } from "./talk.js";

const inside = (path, at) => path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`);

export class Problems {
  constructor(form) {
    this.form = form;
    this.panel = form.querySelector("[data-panel]");
    this.list = this.panel.querySelector("ol");
    this.found = null;
    this.at = -1;
    this.list.addEventListener("click", (event) => this.clicked(event));
  }

  get errors() {
    return (this.found ?? []).filter((problem) => problem.severity === "error");
  }

  fold(open) {
    this.list.hidden = !open || !this.found?.length;
    this.panel.querySelector("[data-do=fold]").setAttribute("aria-expanded", String(!this.list.hidden));
  }

  take(answer, { announce = false } = {}) {
    const warnings = answer.problems.length - answer.problems.filter((p) => p.severity === "error").length;
    this.found = answer.problems;
    this.at = Math.min(this.at, this.found.length - 1);
    this.list.replaceChildren(...this.found.map((problem, i) => this.item(problem, i)));
    this.sum(answer.problems.length - warnings, warnings);
    const words = this.form.words;
    if (answer.at) {
      this.panel.querySelector("[data-checked]").textContent = say(words.checked, { at: answer.at, ms: answer.ms });
    }
    if (announce) {
      const said = say(words.announce, { errors: this.errors.length, warnings });
      this.form.querySelector("[data-announce-here]").textContent = said;
    }
    if (!this.found.length) this.fold(false);
    this.mark();
  }

  /* Lines were removed or changed places: what was found goes with its line, or away with it. */
  renumber(path, now) {
    const head = `${path}[`;
    const moved = (problem) => {
      if (!problem.field?.startsWith(head)) return [problem];
      const [number, rest] = problem.field.slice(head.length).split(/\](.*)/s);
      const to = now(Number(number));
      return to === null ? [] : [{ ...problem, field: `${head}${to}]${rest}` }];
    };
    if (this.found) this.take({ problems: this.found.flatMap(moved) });
  }

  sum(errors, warnings) {
    const words = this.form.words, parts = [];
    const state = (kind, text) => parts.push(make("span", text, { class: `st ${kind} i-s-${kind}` }));
    if (errors) state("deny", say(errors === 1 ? words.error : words.errors, { n: errors }));
    if (warnings) state("warn", say(warnings === 1 ? words.warning : words.warnings, { n: warnings }));
    if (!parts.length) state("ok", words.no_problems);
    this.panel.querySelector("[data-sums]").replaceChildren(...parts);
  }

  item(problem, i) {
    const kind = problem.severity === "error" ? "deny" : "warn";
    const item = make("li", "", { "data-i": i });
    const text = make("span", this.sentence(problem), { class: "txt" });
    const does = problem.fill
      ? make("button", say(this.form.words.fill_in, { value: problem.fill }), { type: "button", class: "link", "data-fill": i })
      : make("button", this.form.words.go_to, { type: "button", class: "link" });
    does.append(make("span", ` ${problem.where} ${problem.label}`, { class: "vh" }));
    item.append(
      make("span", "", { class: `i i-s-${kind} shape`, "aria-hidden": "true" }),
      make("span", problem.where, { class: "grp mute cut", title: problem.where }),
      make("b", problem.label || problem.where || problem.field, { class: "fld cut" }),
      text,
      does,
    );
    return item;
  }

  /* What is wrong and what to do; that something missing must be given need not be said twice. */
  sentence(problem) {
    const texts = problem.code === "missing" ? [problem.words] : [problem.words, problem.todo];
    return texts.filter(Boolean).join(this.form.words.between);
  }

  clicked(event) {
    const item = event.target.closest("li");
    if (!item) return;
    const problem = this.found[item.dataset.i];
    if (event.target.closest("[data-fill]")) this.form.put(problem.field, problem.fill);
    this.go(Number(item.dataset.i));
  }

  step(by) {
    if (!this.found?.length) return;
    const from = this.at < 0 && by < 0 ? 0 : this.at; // backwards from none is the last
    this.go((from + by + this.found.length) % this.found.length);
  }

  go(i) {
    this.at = i;
    this.fold(true);
    [...this.list.children].forEach((item, at) => item.classList.toggle("on", at === i));
    this.list.children[i]?.scrollIntoView({ block: "nearest" });
    this.form.goTo(this.found[i]?.field ?? "");
  }

  /* Put each problem beside its field, as far as the field is on the page. */
  mark() {
    for (const old of this.form.querySelectorAll(".msg")) old.remove();
    for (const cell of this.form.querySelectorAll(".err, .warn.f, td.warn")) cell.classList.remove("err", "warn");
    for (const input of this.form.querySelectorAll("[aria-invalid], [data-field][aria-describedby]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    if (!this.found) return;
    const at = new Map(this.form.inputs().map((input) => [this.form.pathOf(input), input]));
    this.found.forEach((problem, i) => {
      const input = at.get(problem.field);
      if (input) this.beside(input, problem, i);
    });
    this.verdicts();
  }

  beside(input, problem, i) {
    const cell = input.closest("[data-cell]");
    const error = problem.severity === "error";
    cell.classList.add(error ? "err" : "warn");
    if (error) input.setAttribute("aria-invalid", "true");
    const id = `msg-${i}`;
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
    const note = make("div", problem.fill ? problem.words : this.sentence(problem), { id });
    if (problem.fill) {
      const fill = make("button", say(this.form.words.fill_in, { value: problem.fill }), { type: "button", class: "link" });
      fill.addEventListener("click", () => this.form.put(problem.field, problem.fill));
      note.append(" ", fill);
    }
    let notes = cell.querySelector(":scope > .msg");
    if (!notes) cell.append((notes = make("div", "", { class: `msg i-s-${error ? "deny" : "warn"}` })));
    notes.append(note);
    const fold = cell.closest("details");
    if (fold) fold.open = true;
  }

  verdicts() {
    const words = this.form.words;
    for (const place of this.form.querySelectorAll("tr[data-at] [data-verdict]")) {
      const lines = place.closest("[data-lines]").lines;
      const path = `${lines.path}[${place.closest("tr").dataset.at}]`;
      const own = this.found.filter((problem) => inside(problem.field, path));
      const errors = own.filter((problem) => problem.severity === "error").length;
      const kind = errors ? "deny" : own.length ? "warn" : "ok";
      const n = errors || own.length;
      const text = errors
        ? say(n === 1 ? words.error : words.errors, { n })
        : own.length ? say(n === 1 ? words.warning : words.warnings, { n }) : words.clear;
      place.replaceChildren(make("span", text, { class: `st ${kind} i-s-${kind}` }));
    }
  }
}
