/* Repeating sections: a table with fields in its cells, or one whose lines open an editor inside it. */

import { get, linesAt, set } from "./values.js";
import { toShown } from "./shown.js";
import { nameOf } from "../sw-codelist.js";
import { say } from "./talk.js";

export class Lines {
  /* `base()` is the path before this section: empty, or `goods[2].` for one inside a line. */
  constructor(form, element, base) {
    Object.assign(this, { form, element, base, open: -1 });
    element.lines = this;
    this.id = element.dataset.lines.split(".").pop();
    this.body = element.querySelector("tbody");
    this.template = [...element.children].find((child) => child.matches("template[data-row]"));
    const editor = [...element.children].find((child) => child.matches("template[data-editor]"));
    element.addEventListener("click", (event) => this.clicked(event));
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
    if (by) this.stand(this.body.querySelector(`tr[data-at="${at + by}"]:not(.editing)`));
    if (by) event.preventDefault();
  }

  /* Of all lines one is reached by Tab: where somebody stood last. */
  stand(row) {
    if (!row) return;
    for (const each of this.body.querySelectorAll("tr[tabindex]")) each.tabIndex = each === row ? 0 : -1;
    row.focus();
  }

  render() {
    const count = this.values.length;
    if (this.open >= count) this.open = -1;
    this.element.querySelector("[data-count]").textContent = count;
    this.element.classList.toggle("none", !count);
    const rows = this.values.map((_, at) => this.row(at));
    this.body.replaceChildren(...rows);
    if (this.editor && count) rows[Math.max(this.open, 0)].tabIndex = 0;
    if (this.editor && this.open >= 0) this.place(rows);
    this.element.querySelector("[data-line-do=add]").disabled = count >= Number(this.element.dataset.most);
  }

  row(at) {
    const row = document.importNode(this.template.content, true).firstElementChild;
    row.dataset.at = at;
    row.querySelector("[data-no]").textContent = at + 1;
    if (this.editor) this.summarise(row, at);
    else for (const input of row.querySelectorAll("[data-field]")) this.form.fill(input, this.pathOf(input, at));
    return row;
  }

  pathOf(input, at) {
    return `${this.path}[${at}].${input.dataset.field.split(".").pop()}`;
  }

  summarise(row, at) {
    row.classList.toggle("on", at === this.open);
    for (const place of row.querySelectorAll("[data-show]")) {
      const name = place.dataset.show.split(".").pop();
      const value = get(this.form.values, `${this.path}[${at}].${name}`);
      const text = toShown(value, place.dataset.kind);
      const called = place.dataset.list && nameOf(place.dataset.list, text);
      place.textContent = called && /^\d+$/.test(text) ? called : text;
      place.title = called ? `${text} ${called}` : text;
    }
  }

  place(rows) {
    rows[this.open].after(this.editor);
    this.editor.dataset.at = this.open;
    for (const input of this.editor.querySelectorAll("[data-field]")) {
      if (input.closest("[data-lines]") === this.element) this.form.fill(input, this.pathOf(input, this.open));
    }
    this.inner.forEach((lines) => {
      lines.render();
      const place = this.editor.querySelector(`[data-inner-count="${lines.element.dataset.lines}"]`);
      if (place) place.textContent = lines.values.length || "";
    });
    const title = this.element.dataset.title;
    this.editor.querySelector("[data-which]").textContent = say(this.form.words.opened, { where: title, n: this.open + 1 });
  }

  /* Open a line, or close what is open with -1; `go` puts the cursor into it. */
  show(at, go = false) {
    this.open = at < this.values.length ? at : -1;
    this.render();
    this.form.refresh();
    if (go && this.open >= 0) this.editor.querySelector("input:not([readonly]), select")?.focus();
  }

  step(by) {
    const to = this.open + by;
    if (to >= 0 && to < this.values.length) this.show(to, true);
  }

  close() {
    const at = this.open;
    this.show(-1);
    this.stand(this.body.rows[at]);
  }

  add(line = {}) {
    if (this.values.length >= Number(this.element.dataset.most)) return;
    const at = this.values.length;
    set(this.form.values, `${this.path}[${at}]`, line);
    if (this.editor) this.show(at, true);
    else {
      this.render();
      this.body.rows[at].querySelector("input:not([readonly]), select")?.focus();
    }
    this.form.changed();
  }

  remove(at) {
    if (at < 0) return;
    const where = this.element.dataset.title;
    if (Object.keys(this.values[at]).length) this.form.earlier.keep(say(this.form.words.removes, { where, n: at + 1 }));
    this.values.splice(at, 1);
    this.renumber((line) => (line === at ? null : line > at ? line - 1 : line));
    if (!this.values.length) set(this.form.values, this.path, "");
    this.open = this.editor ? Math.min(at, this.values.length - 1) : -1;
    this.render();
    this.form.changed();
    this.after(at);
  }

  /* The button that removed a line may be gone with it: go on from what took its place. */
  after(at) {
    if (this.open >= 0) return;
    const row = this.body.rows[Math.min(at, this.values.length - 1)];
    (row ?? this.element).querySelector("[data-line-do=remove-this], [data-line-do=add]").focus();
  }

  up() {
    const at = this.open;
    if (at < 1) return;
    this.values.splice(at - 1, 0, ...this.values.splice(at, 1));
    this.renumber((line) => (line === at ? at - 1 : line === at - 1 ? at : line));
    this.open = at - 1;
    this.render();
    this.form.changed();
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
      if (naming.length) other.render();
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
