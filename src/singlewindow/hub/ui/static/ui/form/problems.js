/* The docked panel and the words beside each field: the same problem objects, shown twice. */

import { make, say } from "./talk.js";

let places = 0;

/* `goods[2]` and `goods[2].vehicles[0]` of what was found in `goods[2].vehicles[0].vin`. */
const linesOf = (path) => [...path.matchAll(/\]/g)].map((end) => path.slice(0, end.index + 1));

export class Problems {
  constructor(form) {
    this.form = form;
    this.panel = form.querySelector("[data-panel]");
    this.list = this.panel.querySelector("ol");
    this.found = null;
    this.marked = new Set();
    this.at = -1;
    this.gone = false;
    this.list.addEventListener("click", (event) => this.clicked(event));
  }

  fold(open) {
    this.list.hidden = !open || !this.found?.length;
    this.panel.querySelector("[data-do=fold]").setAttribute("aria-expanded", String(!this.list.hidden));
  }

  take(answer, { announce = false } = {}) {
    const words = this.form.words;
    const said = JSON.stringify(answer.problems);
    if (said !== this.said) {
      const stand = this.standing();
      this.draw(answer.problems);
      this.mark();
      stand?.();
    }
    this.said = said;
    if (answer.at) {
      this.panel.querySelector("[data-checked]").textContent = say(words.checked, { at: answer.at, ms: answer.ms });
    }
    if (announce) {
      const sums = { errors: this.errors, warnings: this.found.length - this.errors };
      this.form.querySelector("[data-announce-here]").textContent = say(words.announce, sums);
    }
    if (!this.found.length) this.fold(false);
  }

  /* Whoever stands on a button in the panel, or beside a field, goes on standing there when all is drawn anew. */
  standing() {
    const button = document.activeElement, beside = button.closest(".msg")?.parentElement;
    if (beside) return () => beside.querySelector(":scope > .msg button")?.focus({ preventScroll: true });
    const problem = this.found?.[[...this.list.children].indexOf(button.closest("li"))];
    if (!problem) return null;
    const same = (one) => one.field === problem.field && one.code === problem.code;
    return () => this.list.children[this.found.findIndex(same)]?.querySelector("button").focus({ preventScroll: true });
  }

  draw(problems) {
    this.list.replaceChildren(...problems.map((problem) => this.item(problem)));
    this.tell(problems);
  }

  /* What tells of the list that stands there: its sum, and how many there are in each line. */
  tell(problems) {
    this.stay(problems);
    this.found = problems;
    this.lines = new Map();
    for (const { field, severity } of problems) {
      for (const line of linesOf(field ?? "")) {
        const count = this.lines.get(line) ?? { error: 0, warning: 0 };
        count[severity] = (count[severity] ?? 0) + 1;
        this.lines.set(line, count);
      }
    }
    this.errors = problems.filter((problem) => problem.severity === "error").length;
    this.sum(this.errors, problems.length - this.errors);
  }

  /* One goes on from the problem that one was led to; once that is mended (`gone`), from the one before it. */
  stay(problems) {
    const same = (one) => problems.findIndex((other) => other.field === one.field && other.code === one.code);
    const now = (this.found ?? []).slice(0, this.at + 1).map(same);
    const last = now.findLastIndex((place) => place >= 0);
    if (last < this.at) this.gone = true;
    this.at = now[last] ?? -1;
    if (!this.gone) this.list.children[this.at]?.classList.add("on");
  }

  /* Lines were removed or changed places: what was found goes with its line, or away with it. What stands beside
     fields goes with its line as it is. */
  renumber(path, now) {
    if (!this.found) return;
    const head = `${path}[`;
    const moved = (problem) => {
      if (!problem.field?.startsWith(head)) return problem;
      const [number, rest] = problem.field.slice(head.length).split(/\](.*)/s);
      const to = now(Number(number));
      return to === null ? null : { ...problem, field: `${head}${to}]${rest}` };
    };
    const all = this.found.map(moved), items = [...this.list.children];
    all.forEach((problem, i) => problem ?? items[i].remove());
    this.said = null;
    this.found = all.map((problem) => problem ?? {});
    this.tell(all.filter(Boolean));
    if (!this.found.length) this.fold(false);
  }

  sum(errors, warnings) {
    const words = this.form.words, parts = [];
    const state = (kind, text) => parts.push(make("span", text, { class: `st ${kind} i-s-${kind}` }));
    if (errors) state("deny", say(errors === 1 ? words.error : words.errors, { n: errors }));
    if (warnings) state("warn", say(warnings === 1 ? words.warning : words.warnings, { n: warnings }));
    if (!parts.length) state("ok", words.no_problems);
    this.panel.querySelector("[data-sums]").replaceChildren(...parts);
  }

  item(problem) {
    const kind = problem.severity === "error" ? "deny" : "warn";
    const item = make("li");
    const text = make("span", this.sentence(problem), { class: "txt" });
    const does = problem.fill
      ? make("button", say(this.form.words.fill_in, { value: problem.fill }), { type: "button", class: "link", "data-fill": "" })
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
    const at = [...this.list.children].indexOf(item);
    if (event.target.closest("[data-fill]")) this.form.put(this.found[at].field, this.found[at].fill);
    this.go(at);
  }

  step(by) {
    const many = this.found?.length;
    if (!many) return;
    const back = this.gone ? this.at : Math.max(this.at, 0) - 1; // from none to the last
    this.go(((by > 0 ? this.at + 1 : back) + many) % many);
  }

  go(i) {
    Object.assign(this, { at: i, gone: false });
    this.fold(true);
    [...this.list.children].forEach((item, at) => item.classList.toggle("on", at === i));
    this.list.children[i]?.scrollIntoView({ block: "nearest" });
    this.form.goTo(this.found[i]?.field ?? "");
  }

  /* Put each problem beside its field, as far as it is on the page; of all fields, or of what was drawn anew. */
  mark(drawn = this.form) {
    if (!this.found) return;
    for (const cell of this.marked) if (drawn.contains(cell) || !cell.isConnected) this.unmark(cell);
    for (const problem of this.found) {
      const input = this.form.inputAt(problem.field ?? "");
      if (input && drawn.contains(input)) this.beside(input, problem);
    }
    for (const row of [drawn, ...drawn.querySelectorAll("tr[data-at]")]) if (row.matches("tr")) this.verdict(row);
  }

  unmark(cell) {
    this.marked.delete(cell);
    cell.classList.remove("err", "warn");
    cell.querySelector(":scope > .msg")?.remove();
    for (const input of cell.querySelectorAll("[data-field]")) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }

  beside(input, problem) {
    const cell = input.closest("[data-cell]");
    this.marked.add(cell);
    const error = problem.severity === "error";
    cell.classList.add(error ? "err" : "warn");
    if (error) input.setAttribute("aria-invalid", "true");
    const id = `msg-${++places}`;
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
    const note = make("div", problem.fill ? problem.words : this.sentence(problem), { id });
    if (problem.fill) {
      const fill = make("button", say(this.form.words.fill_in, { value: problem.fill }), { type: "button", class: "link" });
      fill.addEventListener("click", () => this.form.put(this.form.pathOf(input), problem.fill));
      note.append(" ", fill);
    }
    let notes = cell.querySelector(":scope > .msg");
    if (!notes) cell.append((notes = make("div", "", { class: `msg i-s-${error ? "deny" : "warn"}` })));
    notes.append(note);
    const fold = cell.closest("details");
    if (fold) fold.open = true;
  }

  /* What a row of a table says of its line. */
  verdict(row) {
    const place = row.querySelector("[data-verdict]");
    const lines = row.closest("[data-lines]")?.lines;
    if (!this.found || !lines || !place || row === lines.editor) return;
    const words = this.form.words;
    const { error, warning } = this.lines.get(`${lines.path}[${row.dataset.at}]`) ?? { error: 0, warning: 0 };
    const kind = error ? "deny" : warning ? "warn" : "ok";
    const n = error || warning;
    const text = error
      ? say(n === 1 ? words.error : words.errors, { n })
      : warning ? say(n === 1 ? words.warning : words.warnings, { n }) : words.clear;
    if (place.textContent === text && place.firstChild.className === `st ${kind} i-s-${kind}`) return;
    place.replaceChildren(make("span", text, { class: `st ${kind} i-s-${kind}` }));
  }
}
