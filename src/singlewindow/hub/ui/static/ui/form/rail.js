/* Beside the form: where the field at hand goes, what it means, and who gets how many boxes. */

import { plain } from "./values.js";
import { ask, make, say } from "./talk.js";

const MOST_KEPT = 8;

export class Rail {
  constructor(form) {
    this.form = form;
    this.place = form.querySelector("[data-lineage]");
    ask(form.getAttribute("lineage")).then((found) => this.knows(found)).catch(() => (this.found = null));
  }

  /* Somebody may stand in a field before its ways are known. */
  knows(found) {
    this.found = found;
    const input = document.activeElement;
    if (input?.matches("sw-form [data-field]")) this.about(input);
  }

  about(input) {
    const path = plain(input.dataset.field);
    const meaning = this.form.querySelector("[data-meaning]:not([data-field])");
    meaning.hidden = false;
    meaning.querySelector("[data-meaning-name]").textContent = input.dataset.name;
    meaning.querySelector("[data-meaning-text]").textContent = input.dataset.meaning;
    if (this.found) this.goes(input.dataset.short, this.found[path] ?? []);
  }

  goes(name, boxes) {
    const words = this.form.words;
    this.place.querySelector("[data-goes]").textContent = say(words.goes_to, { name });
    const said = boxes.length > 1 ? words.fills : boxes.length ? words.fills_one : words.goes_nowhere;
    this.place.querySelector("[data-fills]").textContent = say(said, { n: boxes.length });
    this.place.querySelector("tbody").replaceChildren(...boxes.map((box) => this.box(...box)));
  }

  box(partner, name, wire, converted) {
    const [seal, called] = this.form.data.partners[partner] ?? [partner, partner];
    const row = make("tr"), by = make("td"), at = make("td", wire, { class: "m" });
    by.append(make("span", seal, { class: "seal", title: called, "aria-hidden": "true" }), make("span", called, { class: "vh" }));
    if (converted) at.append(make("small", ` ${this.form.words.converted}`));
    row.append(by, make("td", name), at);
    return row;
  }

  /* One line a version kept from this window, newest first. */
  kept({ version, at }) {
    const history = this.form.querySelector("[data-history]");
    const line = make("li"), head = make("div", "", { class: "h" });
    head.append(make("b", say(this.form.words.draft_version, { n: version })), make("time", at));
    line.append(make("span", "", { class: "d i-s-draft draft" }), head);
    history.prepend(line);
    while (history.children.length > MOST_KEPT) history.lastElementChild.remove();
  }

  receivers(found) {
    const place = this.form.querySelector("[data-receivers]");
    place.replaceChildren(...found.map((each) => this.receiver(each)));
  }

  receiver(each) {
    const box = make("div"), head = make("h3");
    head.append(make("span", each.seal, { class: "seal", "aria-hidden": "true" }), each.name);
    const filled = say(this.form.words.boxes, { n: each.boxes });
    box.append(head, make("p", each.document), make("p", `${filled} · ${each.format}`));
    return box;
  }
}
