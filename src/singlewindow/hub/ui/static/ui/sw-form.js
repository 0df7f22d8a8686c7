/* <sw-form>: the form of a document over one object of values. The server draws it, checks it and keeps it;
   here is only what happens between two requests. Nothing typed is ever dropped. */

import { CodeTable } from "./form/table.js";
import { Earlier } from "./form/earlier.js";
import { Lines } from "./form/lines.js";
import { Problems } from "./form/problems.js";
import { Rail } from "./form/rail.js";
import { listen, next } from "./form/keys.js";
import { bring } from "./form/parties.js";
import { leave } from "./form/leaving.js";
import { pasted } from "./form/paste.js";
import { Counts, colour, decides } from "./form/requirements.js";
import { toShown, toValue } from "./form/shown.js";
import { get, set, steps } from "./form/values.js";
import { Trouble } from "./form/trouble.js";
import { ask, post, say } from "./form/talk.js";
import { learn } from "./sw-codelist.js";
import { drop, keepWhole, keptWhole } from "./kept.js";

const SETTLE_MS = 700; // after the last key, before the counts are asked again
const AUTOSAVE_MS = 30_000;

class SwForm extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(document.getElementById("form-data").textContent);
    this.words = this.data.words;
    this.lang = this.data.language;
    this.counts = new Counts(this);
    this.sheet = new Map(this.inputs().filter((input) => !input.closest("[data-lines]")).map((input) => [input.dataset.field, input]));
    this.problems = new Problems(this);
    this.rail = new Rail(this);
    this.earlier = new Earlier(this);
    this.trouble = new Trouble(this);
    this.table = new CodeTable(this, this.querySelector("dialog"));
    const tables = [...this.querySelectorAll("[data-lines]")];
    this.lines = tables.map((element) => new Lines(this, element, () => ""));
    const before = keptWhole(this.data.version ?? 0);
    this.load(before ? { ...this.data, values: before } : this.data);
    this.dirty = Boolean(before);
    if (this.data.copied && !before) this.earlier.copied(this.data.copied);
    if (before) this.querySelector("[data-saved]").textContent = this.words.restored;
    this.checks = { asked: 0, answered: 0, newest: null };
    this.bind();
    listen(this);
    this.inert = false; // until here what is typed would be drawn over
    setInterval(() => this.dirty && this.save(), AUTOSAVE_MS);
    leave(this);
    if (document.activeElement === document.body) this.begin();
  }

  /* Whoever has a keyboard can begin at once; on a phone it would cover the form. */
  begin() {
    if (matchMedia("(pointer: fine)").matches) next(this, null, 1);
  }

  load(data) {
    learn(data.names);
    this.values = data.values;
    this.version = data.version ?? this.version;
    for (const [path, input] of this.sheet) this.fill(input, path);
    this.lines.forEach((lines) => lines.render());
    for (const fold of this.querySelectorAll("[data-grid] > details.fold")) fold.open = false;
    this.refresh();
    this.later(0);
  }

  bind() {
    this.addEventListener("input", (event) => event.target.matches("[data-field]") && this.typed(event.target));
    this.addEventListener("change", (event) => event.target.matches("[data-field]") && this.typed(event.target));
    this.addEventListener("focusin", (event) => event.target.matches("[data-field]") && this.entered(event.target));
    this.addEventListener("focusout", (event) => event.target.matches("[data-field]") && this.left(event.target));
    this.addEventListener("paste", (event) => pasted(this, event));
    this.addEventListener("sw:code", (event) => this.typed(event.detail.input));
    this.addEventListener("sw:table", (event) => this.table.open(event.target));
    this.addEventListener("click", (event) => this.does(event));
    this.querySelector("[data-file]").addEventListener("change", (event) => this.readFile(event.target));
  }

  does(event) {
    event.target.closest(".f > label")?.parentElement.querySelector("[data-field]").focus(); // it belongs to the first
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const does = button.dataset.do;
    if (does === "sample") {
      const menu = button.closest("details");
      menu.open = false;
      menu.querySelector("summary").focus(); // from where the first field is reached once it is there
      this.take(() => ask(button.dataset.url), button.textContent).then(() => this.begin());
    } else if (does === "import") this.querySelector("[data-file]").click();
    else if (does === "fold") this.problems.fold(this.problems.list.hidden);
    else this[does]();
  }

  inputs() {
    return [...this.querySelectorAll("[data-field]")];
  }

  pathOf(input) {
    const lines = input.closest("[data-lines]")?.lines;
    return lines ? lines.pathOf(input, Number(input.closest("tr[data-at]").dataset.at)) : input.dataset.field;
  }

  /* The field of a path, if it is on the page: of closed lines none is. */
  inputAt(path) {
    const [section, ...rest] = steps(path);
    return rest.length ? this.lines.find((lines) => lines.id === section)?.inputAt(rest, path) : this.sheet.get(path);
  }

  fill(input, path) {
    const value = get(this.values, path);
    const kind = input.dataset.kind;
    const text = toShown(value, kind);
    if (kind === "tick") input.checked = value === "1" || value === true;
    else if (kind === "code") this.codelist(input).show(text);
    else if (input.value !== text) input.value = text;
    if (!["tick", "choice"].includes(kind) && input.title !== input.value) input.title = input.value;
  }

  /* Rows are filled before they stand on the page, so the element may not have met its parts yet. */
  codelist(input) {
    const element = input.closest("sw-codelist");
    customElements.upgrade(element);
    if (!element.label) element.connectedCallback();
    return element;
  }

  typed(input) {
    const kind = input.dataset.kind;
    const value = kind === "tick" ? (input.checked ? "1" : "0") : toValue(input.value, kind);
    const before = get(this.values, this.pathOf(input)) ?? "";
    if (before === value) return;
    set(this.values, this.pathOf(input), value);
    if ("party" in input.dataset) bring(this, input);
    const decided = decides(this, input, before, value);
    this.counts.forget(decided ? "" : this.pathOf(input));
    this.changed(decided ? this : null);
  }

  /* Numbers are typed without their groups; who comes by keyboard types over the whole, as in any field. */
  entered(input) {
    if (input.dataset.kind === "d") {
      input.value = toValue(input.value, "d");
      if (!input.matches(":active")) input.select();
    }
    this.rail.about(input);
  }

  left(input) {
    if (!["tick", "choice", "code"].includes(input.dataset.kind)) input.value = toShown(toValue(input.value, input.dataset.kind), input.dataset.kind);
    const lines = input.closest(".editing")?.closest("[data-lines]")?.lines;
    if (lines?.rows[lines.open]) lines.summarise(lines.rows[lines.open], lines.open);
  }

  /* `drawn` is what was drawn anew: the whole form, a part of it, or (null) nothing. */
  changed(drawn = this) {
    this.dirty = true;
    this.remember();
    this.querySelector("[data-saved]").textContent = this.words.unsaved;
    if (drawn === this) this.counts.forget();
    this.refresh(drawn);
    this.later(SETTLE_MS);
  }

  /* Once nothing can be saved, each change outlives the page: signing in again in this window leaves it. */
  remember() {
    if (this.cutOff && this.dirty) keepWhole(this.values, this.version ?? 0);
  }

  /* Fields are coloured and what was found stands beside them already, unless they were drawn anew or are
     needed by now: no key waits for that. */
  refresh(drawn = this) {
    if (this.counts.turned()) drawn = this;
    if (drawn) {
      colour(this, drawn);
      this.problems.mark(drawn);
    }
    const { needed, filled } = this.counts.total();
    this.querySelector("[data-needed]").textContent = needed;
    this.querySelector("[data-filled]").textContent = filled;
    this.querySelector("progress").value = needed ? (100 * filled) / needed : 0;
    this.lines.forEach((lines) => lines.totals.draw());
  }

  /* Counts follow the typing; problems too, once somebody has asked for them. Nothing is taken from under a
     finger that presses: a moment later. */
  later(wait) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask().then((answer) => {
      if (answer && this.problems.found) this.matches(":active") ? this.later(SETTLE_MS) : this.problems.take(answer);
    }), wait);
  }

  get body() {
    return { version: this.version, definition: this.data.definition, values: this.values, mends: this.data.mends };
  }

  get base() {
    return this.getAttribute("base");
  }

  /* Of answers that overtake each other the one asked for last counts, whoever waits; of other lines, none. */
  async ask() {
    const asked = (this.checks.asked += 1);
    try {
      const answer = await post(`${this.base}/check`, this.body);
      if (asked < this.checks.answered) return this.checks.newest ?? this.ask();
      Object.assign(this.checks, { answered: asked, newest: answer });
      this.querySelector("[data-entries]").textContent = answer.entries;
      this.querySelector("[data-boxes]").textContent = answer.boxes;
      this.rail.receivers(answer.receivers);
      if (this.trouble.away) this.trouble.show();
      return answer;
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  async check() {
    this.settle();
    clearTimeout(this.waiting);
    const answer = await this.ask();
    if (!answer) return;
    this.problems.take(answer, { announce: true });
    this.problems.fold(true);
  }

  /* Lines of a section have other numbers by now: what was asked about the old ones says nothing of these. */
  moved(path, now) {
    Object.assign(this.checks, { answered: (this.checks.asked += 1), newest: null });
    this.problems.renumber(path, now);
  }

  /* What stands in the field at hand counts too, before it is left. */
  settle() {
    const input = document.activeElement;
    if (input?.matches?.("sw-form [data-field]")) this.typed(input);
  }

  /* One saving at a time; what is typed after it left is saved by the next, for whoever asked meanwhile. */
  save() {
    if (this.submitting) return this.saving;
    if (this.saving) this.again = true;
    this.saving ??= this.keep().finally(() => {
      this.saving = null;
      if (this.again && this.dirty) this.save();
      this.again = false;
    });
    return this.saving;
  }

  async keep() {
    this.settle();
    const sent = JSON.stringify(this.values);
    try {
      const answer = await post(`${this.base}/save`, this.body);
      if (answer.location) this.went(answer.location);
      else this.kept(answer, sent);
    } catch (error) {
      this.failed(error);
    }
  }

  /* What was sent is a draft now; what was typed since is not. */
  kept(answer, sent) {
    this.version = answer.version;
    this.dirty = sent !== JSON.stringify(this.values);
    drop();
    this.cutOff = false;
    history.replaceState(null, "", answer.url);
    const words = say(this.words.saved, { at: answer.at });
    this.querySelector("[data-saved]").textContent = this.dirty ? this.words.unsaved : words;
    this.querySelector("[data-announce-here]").textContent = words;
    const chip = this.querySelector(".chip[data-version]");
    chip.hidden = false;
    chip.querySelector("b").textContent = answer.version;
    this.rail.kept(answer);
    this.trouble.show();
  }

  async submit() {
    if (this.submitting) return;
    this.submitting = true;
    const button = this.querySelector("[data-do=submit]");
    button.setAttribute("aria-busy", "true");
    await this.saving;
    this.settle();
    const sent = JSON.stringify(this.values);
    try {
      const answer = await post(`${this.base}/submit`, this.body);
      this.went(answer.location);
    } catch (error) {
      this.submitting = false;
      button.removeAttribute("aria-busy");
      if (error.body?.url) this.kept(error.body, sent);
      if (error.status === 422) await this.refused();
      else this.failed(error, this.words.unanswered);
      if (error.status === 0) {
        this.dirty = true; // the next saving finds out
        this.trouble.away = false;
      }
    }
  }

  /* It is handed in, by this press or by one whose answer was lost. */
  went(to) {
    this.dirty = false;
    drop();
    location.assign(to);
  }

  async refused() {
    await this.check();
    if (this.problems.found?.length) this.problems.go(Math.max(0, this.problems.found.findIndex((p) => p.severity === "error")));
  }

  readFile(picker) {
    const [file] = picker.files;
    if (file) this.take(() => post(this.getAttribute("reader"), file), file.name);
    picker.value = "";
  }

  /* Of two things asked for the later one is meant, whichever comes first. */
  async take(read, name) {
    const wanted = (this.wanted = {});
    try {
      const answer = await read();
      if (wanted !== this.wanted) return;
      if (this.dirty || this.version) this.earlier.keep(say(this.words.reads, { name: name.trim() }));
      this.load(answer);
      this.dirty = true;
      await this.check();
      this.querySelector("[data-saved]").textContent = say(this.words.imported, { name: name.trim(), format: answer.format });
    } catch (error) {
      if (wanted === this.wanted) this.failed(error);
    }
  }

  failed(error, away) {
    this.trouble.failed(error, away);
  }

  undo() {
    this.earlier.swap();
  }

  asNew(fresh) {
    this.setAttribute("base", this.base.replace(/[^/]+$/, fresh));
    this.version = 0;
    this.save();
  }

  opened() {
    return this.lines.find((lines) => lines.editor && lines.open >= 0);
  }

  /* Bring a field onto the page, whatever line or fold it is in, and put the cursor there. */
  goTo(path) {
    const [section, line] = steps(path);
    const lines = this.lines.find((each) => each.id === section);
    if (lines?.editor && line !== undefined && lines.open !== Number(line)) lines.show(Number(line));
    const input = this.inputAt(path);
    for (let fold = input?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const row = line === undefined ? null : lines?.editor ?? lines?.rows[Number(line)];
    const target = input ?? row?.querySelector("input:not([readonly]), select") ?? lines?.element.querySelector("[data-line-do=add]");
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
    input?.select?.();
  }

  /* One field says what another does; what it said before can be had back. */
  takes(path, from) {
    const now = get(this.values, path), value = get(this.values, from) ?? "";
    if ((now ?? "") === value) return;
    if (now) this.earlier.keep(say(this.words.takes, { value: now }));
    this.put(path, value);
  }

  put(path, value) {
    set(this.values, path, value);
    const input = this.inputAt(path);
    if (input) this.fill(input, path);
    else this.lines.find((lines) => lines.id === steps(path)[0])?.render();
    this.changed();
  }
}

customElements.define("sw-form", SwForm);
