/* What one press replaced or removed can be had back by another, and what stood instead by the next. */

import { say } from "./talk.js";

export class Earlier {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("[data-do=undo]");
  }

  /* Before it is done: what stands there now, and what is about to be done with it. */
  keep(does) {
    Object.assign(this, { does, values: structuredClone(this.form.values), undone: false });
    this.tell();
  }

  /* A copy begins without what was of the other shipment alone. */
  copied({ values, left }) {
    Object.assign(this, { does: say(this.form.words.leaves, { n: left }), values, undone: false });
    this.said = { does: this.does, line: this.form.querySelector("[data-left]") };
    this.tell();
  }

  swap() {
    const now = this.form.values;
    this.form.load({ values: this.values });
    Object.assign(this, { values: now, undone: !this.undone });
    this.form.changed();
    this.tell();
  }

  tell() {
    const { undo, redo } = this.form.words;
    this.button.hidden = false;
    this.button.querySelector("span").textContent = say(this.undone ? redo : undo, { does: this.does });
    if (this.does === this.said?.does) this.said.line.hidden = this.undone;
  }
}
