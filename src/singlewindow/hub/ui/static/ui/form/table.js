/* F2: a whole code table in a dialog, page by page, found by code, name or pinyin. */

import { ask, make, say } from "./talk.js";
import { learn } from "../sw-codelist.js";

export class CodeTable {
  constructor(form, dialog) {
    this.form = form;
    this.dialog = dialog;
    this.search = dialog.querySelector("input");
    this.body = dialog.querySelector("tbody");
    this.search.addEventListener("input", () => this.typed());
    dialog.addEventListener("click", (event) => this.clicked(event));
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => this.from.input.focus());
  }

  open(codelist) {
    this.from = codelist;
    this.search.value = "";
    this.pages = 0;
    this.body.replaceChildren(); // no code of another list is taken for one of this
    this.dialog.showModal();
    this.typed();
  }

  typed() {
    this.first = false;
    this.load(1);
  }

  /* Of answers that overtake each other only the one asked for last is shown. */
  async load(page) {
    const { list } = this.from;
    const typed = this.search.value.trim();
    const query = typed ? `q=${encodeURIComponent(typed)}` : `page=${page}`;
    const asked = (this.asked = {});
    this.page = page;
    try {
      const answer = await ask(`${this.form.getAttribute("codes")}${list}?${query}`);
      if (asked === this.asked && this.dialog.open) this.show(list, answer);
    } catch (error) {
      if (asked !== this.asked) return;
      this.dialog.close();
      this.form.failed(error);
    }
  }

  show(list, answer) {
    const at = [...this.body.rows].indexOf(document.activeElement);
    this.asked = null;
    this.pages = answer.pages;
    learn({ [list]: Object.fromEntries(answer.rows.map((row) => [row.code, row.name])) });
    this.dialog.querySelector("h2").textContent = say(this.form.words.full_table, { name: answer.name, n: answer.total });
    this.dialog.querySelector("[data-page]").textContent = say(this.form.words.page, { at: this.page, of: answer.pages });
    this.body.replaceChildren(...answer.rows.map((row) => this.row(row)));
    if (at >= 0) (this.body.rows[0] ?? this.search).focus(); // not on a row that is gone
    if (this.first) this.begun();
  }

  /* Quicker than the table: the field takes what the table begins with, once it is there. */
  begun() {
    this.first = Boolean(this.asked);
    if (!this.first && this.body.rows.length) this.take(this.body.rows[0].dataset.code);
  }

  row(row) {
    const line = make("tr", "", { tabindex: "0", "data-code": row.code });
    line.append(make("td", row.code, { class: "nw" }), make("td", row.name), make("td", row.more, { class: "mute nw" }));
    return line;
  }

  turn(by) {
    const to = this.page + by;
    if (to >= 1 && to <= this.pages) this.load(to);
  }

  clicked(event) {
    const turn = event.target.closest("[data-turn]");
    const row = event.target.closest("[data-code]");
    if (turn) this.turn(Number(turn.dataset.turn));
    else if (row) this.take(row.dataset.code);
    else if (event.target.closest("[data-close]")) this.dialog.close();
  }

  key(event) {
    if (event.isComposing || event.target.closest("button")) return;
    const rows = [...this.body.rows];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "PageDown" || event.key === "PageUp") this.turn(event.key === "PageDown" ? 1 : -1);
    else if (event.key === "ArrowDown") rows[Math.min(at + 1, rows.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (rows[at - 1] ?? this.search).focus();
    else if (event.key === "Enter") at < 0 ? this.begun() : this.take(rows[at].dataset.code);
    else return;
    event.preventDefault();
  }

  take(code) {
    this.dialog.close();
    this.from.take(code);
  }
}
