/* Repeating sections: a table with fields in its cells, or one whose lines open an editor inside it. What is done
   to one line is drawn in that line alone, however many there are; only other values altogether are drawn through. */

import { get, linesAt, plain, set } from "./values.js";
import { toShown } from "./shown.js";
import { nameOf } from "../sw-codelist.js";
import { walked } from "./keys.js";
import { Totals } from "./totals.js";
import { say } from "./talk.js";

const NEAR = 8;
const FIRST = "input:not([readonly]), select";

export class Lines {
  /* `base()` is the path before this section: empty, or `goods[2].` for one inside a line. */
  constructor(form, element, base) {
    Object.assign(this, { form, element, base, open: -1, rows: [] });
    element.lines = this;
    this.id = element.dataset.lines.split(".").pop();
    this.body = element.querySelector("tbody");
    this.template = [...element.children].find((child) => child.matches("template[data-row]"));
    const editor = [...element.children].find((child) => child.matches("template[data-editor]"));
    element.addEventListener("click", (event) => this.clicked(event));
    this.totals = new Totals(this);
    if (editor) this.makeEditor(editor);
  }

  get path() {
    return `${this.base()}${this.id}`;
  }

  get values() {
    return linesAt(this.form.values, this.path);
  }

  makeEditor(template) {
    this.editor = document.importNode(template.content, true).firstElementChild;
    this.inner = [...this.editor.querySelectorAll("[data-lines]")].map(
      (element) => new Lines(this.form, element, () => `${this.path}[${this.open}].`),
    );
    const all = [...this.editor.querySelectorAll("[data-field]")];
    this.own = new Map(all.filter((input) => !input.closest("[data-lines]")).map((input) => [input.dataset.field, input]));
    const sheet = this.editor.querySelector(".edit > *");
    new ResizeObserver(([frame]) => (sheet.style.maxWidth = `${frame.contentRect.width}px`)).observe(this.body.closest(".tw"));
    this.body.addEventListener("keydown", (event) => {
      if (event.target.matches("tr[data-at]")) this.walked(event, Number(event.target.dataset.at));
    });
  }

  /* On a line of the table: Enter opens it, up and down go to its neighbours. */
  walked(event, at) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") this.show(at, true);
    if (by) this.stand(this.rows[at + by]);
    if (by) event.preventDefault();
  }

  /* Of all lines one is reached by Tab: where somebody stood last. */
  reach(row) {
    if (this.reached) this.reached.tabIndex = -1;
    this.reached = row;
    if (row) row.tabIndex = 0;
  }

  stand(row) {
    if (!row) return;
    this.reach(row);
    row.focus();
  }

  /* Other values altogether: rows that are there already take them over. */
  render() {
    const count = this.values.length;
    if (this.open >= count) this.open = -1;
    while (this.rows.length > count) this.rows.pop().remove();
    this.rows.forEach((row, at) => this.draw(row, at));
    const first = this.rows.length;
    for (let at = first; at < count; at += 1) this.rows.push(this.row(at));
    this.body.append(...this.rows.slice(first));
    this.counted();
    if (this.editor) this.place();
  }

  /* What tells how many lines there are. */
  counted() {
    const count = this.values.length;
    this.element.querySelector("[data-count]").textContent = count;
    this.element.classList.toggle("none", !count);
    this.element.querySelector("[data-line-do=add]").disabled = count >= Number(this.element.dataset.most);
  }

  row(at) {
    const row = document.importNode(this.template.content, true).firstElementChild;
    this.number(row, at);
    this.draw(row, at);
    return row;
  }

  number(row, at) {
    row.dataset.at = at;
    row.querySelector("[data-no]").textContent = at + 1;
  }

  /* Lines from here on have other numbers; what stands in them does not change. */
  renumbered(from) {
    for (let at = from; at < this.rows.length; at += 1) this.number(this.rows[at], at);
  }

  draw(row, at) {
    if (this.editor) this.summarise(row, at);
    else for (const input of row.querySelectorAll("[data-field]")) this.form.fill(input, this.pathOf(input, at));
  }

  pathOf(input, at) {
    return `${this.path}[${at}].${input.dataset.field.split(".").pop()}`;
  }

  /* The field of a path below this section, if it is on the page. */
  inputAt([at, name, ...rest], path) {
    if (!this.editor) return [...(this.rows[at]?.querySelectorAll("[data-field]") ?? [])].find((each) => each.dataset.field === plain(path));
    if (Number(at) !== this.open) return undefined;
    return rest.length ? this.inner.find((lines) => lines.id === name)?.inputAt(rest, path) : this.own.get(plain(path));
  }

  summarise(row, at) {
    const line = this.values[at];
    row.classList.toggle("on", at === this.open);
    for (const place of row.querySelectorAll("[data-show]")) {
      const text = toShown(get(line, place.dataset.show.split(".").pop()), place.dataset.kind);
      const called = place.dataset.list && nameOf(place.dataset.list, text);
      const shown = called && /^\d+$/.test(text) ? called : text;
      if (place.textContent !== shown) place.textContent = shown;
      place.title = called ? `${text} ${called}` : text;
    }
  }

  /* The editor goes below the line that is open, and takes its values. */
  place() {
    this.reach(this.rows[Math.max(this.open, 0)]);
    if (this.open < 0) return this.editor.remove();
    this.carry();
    this.editor.dataset.at = this.open;
    for (const input of this.own.values()) this.form.fill(input, this.pathOf(input, this.open));
    this.inner.forEach((lines) => {
      lines.render();
      const place = this.editor.querySelector(`[data-inner-count="${lines.element.dataset.lines}"]`);
      if (place) place.textContent = lines.values.length || "";
    });
    const title = this.element.dataset.title;
    this.editor.querySelector("[data-which]").textContent = say(this.form.words.opened, { where: title, n: this.open + 1 });
  }

  /* Its many fields are not laid out anew where the few rows between may pass it by instead. */
  carry() {
    const row = this.rows[this.open];
    const stands = this.editor.isConnected ? this.rows.indexOf(this.editor.previousSibling) : -1;
    if (stands < 0 || Math.abs(stands - this.open) > NEAR) row.after(this.editor);
    else if (stands < this.open) this.editor.before(...this.rows.slice(stands + 1, this.open + 1));
    else this.editor.after(...this.rows.slice(this.open + 1, stands + 1));
  }

  /* Another line is open, or none. */
  turn(at) {
    const before = this.rows[this.open];
    this.open = at < this.values.length ? at : -1;
    before?.classList.remove("on");
    this.rows[this.open]?.classList.add("on");
    this.place();
  }

  /* Open a line, or close what is open with -1; `go` puts the cursor into it. */
  show(at, go = false) {
    this.turn(at);
    this.form.refresh(this.open >= 0 ? this.editor : null);
    if (go && this.open >= 0) this.editor.querySelector(FIRST)?.focus();
  }

  /* To a neighbour of the line that is open, from behind to its last field; false where there is none. */
  step(by, last = false) {
    const to = this.open + by;
    if (to < 0 || to >= this.values.length) return false;
    this.show(to, !last);
    if (last) [...this.own.values()].filter(walked).at(-1)?.focus();
    document.activeElement.select?.();
    return true;
  }

  close() {
    const at = this.open;
    this.show(-1);
    this.stand(this.rows[at]);
  }

  add(line = {}) {
    if (this.values.length >= Number(this.element.dataset.most)) return;
    const at = this.values.length;
    set(this.form.values, `${this.path}[${at}]`, line);
    this.rows.push(this.row(at));
    this.body.append(this.rows[at]);
    this.counted();
    if (this.editor) this.turn(at);
    (this.editor ?? this.rows[at]).querySelector(FIRST)?.focus();
    this.form.changed(this.editor ?? this.rows[at]);
    this.form.problems.verdict(this.rows[at]);
  }

  remove(at) {
    if (at < 0) return;
    const where = this.element.dataset.title;
    if (Object.keys(this.values[at]).length) this.form.earlier.keep(say(this.form.words.removes, { where, n: at + 1 }));
    this.values.splice(at, 1);
    this.rows.splice(at, 1)[0].remove();
    this.renumbered(at);
    this.renumber((line) => (line === at ? null : line > at ? line - 1 : line));
    if (!this.values.length) set(this.form.values, this.path, "");
    this.counted();
    if (this.editor) this.turn(Math.min(at, this.values.length - 1));
    this.form.changed(this.open >= 0 ? this.editor : null);
    this.after(at);
  }

  /* The button that removed a line may be gone with it: go on from what took its place. */
  after(at) {
    if (this.open >= 0) return;
    const row = this.rows[Math.min(at, this.rows.length - 1)];
    (row ?? this.element).querySelector("[data-line-do=remove-this], [data-line-do=add]").focus();
  }

  up() {
    const at = this.open;
    if (at < 1) return;
    this.values.splice(at - 1, 0, ...this.values.splice(at, 1));
    this.rows.splice(at - 1, 0, ...this.rows.splice(at, 1));
    this.rows[at].before(this.rows[at - 1]);
    this.renumbered(at - 1);
    this.renumber((line) => (line === at ? at - 1 : line === at - 1 ? at : line));
    this.turn(at - 1);
    this.form.changed(this.editor);
  }

  /* Other sections name these lines by number (`goods_line_numbers`): they go on naming the same ones;
     so does what was found in them. */
  renumber(now) {
    this.form.moved(this.path, now);
    const name = `${this.id}_line_numbers`;
    for (const other of this.form.lines.filter((lines) => lines !== this)) {
      const naming = other.values.filter((line) => /^\d+(,\d+)*$/.test(line[name] ?? ""));
      for (const line of naming) {
        const kept = line[name].split(",").map((number) => now(number - 1)).filter((at) => at !== null);
        line[name] = kept.sort((one, two) => one - two).map((at) => at + 1).join(",");
        if (!kept.length) delete line[name];
      }
      if (!naming.length) continue;
      this.form.counts.forget();
      other.render();
    }
  }

  clicked(event) {
    if (event.target.closest("[data-lines]") !== this.element) return;
    const does = event.target.closest("[data-line-do]")?.dataset.lineDo;
    const row = event.target.closest("tr[data-at]");
    // The second press of a double click falls on what the first has put there: nothing is removed or shut by it.
    if (event.detail > 1 && (!does || does.startsWith("remove"))) return;
    if (does === "add") this.add();
    else if (does === "copy") this.open >= 0 && this.add(structuredClone(this.values[this.open]));
    else if (does === "up") this.up();
    else if (does === "remove") this.remove(this.open);
    else if (does === "remove-this") this.remove(Number(row.dataset.at));
    else if (does === "before" || does === "after") this.step(does === "after" ? 1 : -1);
    else if (does === "close") this.close();
    else if (this.editor && row && !event.target.closest(".editing")) {
      const at = Number(row.dataset.at);
      if (at === this.open) this.close();
      else this.show(at, true);
    }
  }
}
