/* F2: a whole code table in a dialog, page by page, found by code, name or pinyin. */

import { ask, make, say } from "./talk.js";
import { learn } from "../sw-codelist.js";

export class CodeTable {
  constructor(form, dialog) {
    this.form = form;
    this.dialog = dialog;
    this.search = dialog.querySelector("input");
    this.body = dialog.querySelector("tbody");
    this.search.addEventListener("input", () => this.load(1));
    dialog.addEventListener("click", (event) => this.clicked(event));
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => this.from.input.focus());
  }

  open(codelist) {
    this.from = codelist;
    this.search.value = "";
    this.dialog.showModal();
    this.load(1);
  }

  async load(page) {
    const typed = this.search.value.trim();
    const query = typed ? `q=${encodeURIComponent(typed)}` : `page=${page}`;
    const answer = await ask(`${this.form.getAttribute("codes")}${this.from.list}?${query}`);
    if (typed !== this.search.value.trim()) return;
    this.page = page;
    this.pages = answer.pages;
    learn({ [this.from.list]: Object.fromEntries(answer.rows.map((row) => [row.code, row.name])) });
    this.dialog.querySelector("h2").textContent = say(this.form.words.full_table, { name: answer.name, n: answer.total });
    this.dialog.querySelector("[data-page]").textContent = say(this.form.words.page, { at: page, of: answer.pages });
    this.body.replaceChildren(...answer.rows.map((row) => this.row(row)));
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
    if (event.isComposing) return;
    const rows = [...this.body.rows];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "PageDown" || event.key === "PageUp") this.turn(event.key === "PageDown" ? 1 : -1);
    else if (event.key === "ArrowDown") rows[Math.min(at + 1, rows.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (rows[at - 1] ?? this.search).focus();
    else if (event.key === "Enter" && rows.length) this.take(rows[Math.max(at, 0)].dataset.code);
    else return;
    event.preventDefault();
  }

  take(code) {
    this.dialog.close();
    this.from.take(code);
  }
}
