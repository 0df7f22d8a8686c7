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
import { colour, count, decides, requirements } from "./form/requirements.js";
import { toShown, toValue } from "./form/shown.js";
import { get, set, steps } from "./form/values.js";
import { Refusal, ask, make, post, say } from "./form/talk.js";
import { learn } from "./sw-codelist.js";
import { drop, keepWhole, keptWhole } from "./kept.js";

const SETTLE_MS = 700; // after the last key, before the counts are asked again
const AUTOSAVE_MS = 30_000;

class SwForm extends HTMLElement {
  connectedCallback() {
    this.data = JSON.parse(document.getElementById("form-data").textContent);
    this.words = this.data.words;
    this.lang = this.data.language;
    this.required = requirements(this);
    this.problems = new Problems(this);
    this.rail = new Rail(this);
    this.earlier = new Earlier(this);
    this.table = new CodeTable(this, this.querySelector("dialog"));
    const tables = [...this.querySelectorAll("[data-lines]")];
    this.lines = tables.map((element) => new Lines(this, element, () => ""));
    for (const label of this.querySelectorAll(".f > label")) this.name(label);
    const before = keptWhole(this.data.version ?? 0);
    this.load(before ? { ...this.data, values: before } : this.data);
    this.dirty = Boolean(before);
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

  /* A cell's label belongs to its first control. */
  name(label) {
    const input = label.parentElement.querySelector("[data-field]");
    label.addEventListener("click", () => this.contains(input) && input.focus());
  }

  load(data) {
    learn(data.names);
    this.values = data.values;
    this.version = data.version ?? this.version;
    for (const input of this.inputs()) if (!input.closest("[data-lines]")) this.fill(input, this.pathOf(input));
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

  fill(input, path) {
    const value = get(this.values, path);
    const kind = input.dataset.kind;
    if (kind === "tick") input.checked = value === "1" || value === true;
    else if (kind === "code") this.codelist(input).show(toShown(value, kind));
    else input.value = toShown(value, kind);
    if (!["tick", "choice"].includes(kind)) input.title = input.value;
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
    this.changed(decides(this, input, before, value));
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
    const row = lines?.body.querySelector(`tr[data-at="${lines.open}"]:not(.editing)`);
    if (row) lines.summarise(row, lines.open);
  }

  changed(drawn = true) {
    this.dirty = true;
    this.remember();
    this.querySelector("[data-saved]").textContent = this.words.unsaved;
    this.refresh(drawn);
    this.later(SETTLE_MS);
  }

  /* Once nothing can be saved, each change outlives the page: signing in again in this window leaves it. */
  remember() {
    if (this.cutOff && this.dirty) keepWhole(this.values, this.version ?? 0);
  }

  /* Fields are coloured and what was found stands beside them already, unless they were drawn anew or are
     needed by now: no key waits for that. */
  refresh(drawn = true) {
    if (drawn) colour(this);
    const { needed, filled } = count(this);
    this.querySelector("[data-needed]").textContent = needed;
    this.querySelector("[data-filled]").textContent = filled;
    this.querySelector("progress").value = needed ? (100 * filled) / needed : 0;
    if (drawn && this.problems.found) this.problems.mark();
  }

  /* Counts follow the typing; problems too, once somebody has asked for them. */
  later(wait) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask().then((answer) => {
      if (answer && this.problems.found) this.problems.take(answer);
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
      if (this.away) this.trouble();
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
    this.trouble();
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
      if (error.status === 0) Object.assign(this, { dirty: true, away: false }); // the next saving finds out
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

  /* Say what went wrong and what can be done; what was typed stays. */
  failed(error, away = this.words.away) {
    if (!(error instanceof Refusal)) throw error;
    const { status } = error;
    const problems = error.body.problems ?? [];
    const own = problems.map((problem) => problem.text[this.lang === "en" ? "en" : "zh"]).join(this.words.between);
    const signedOut = status === 401 || status === 403;
    const words = status === 0 ? away : signedOut ? this.words.signed_out : say(this.words.stays, { what: error.body.words || own || status });
    const ways = [];
    this.cutOff = signedOut || status === 0 || status >= 500;
    this.remember();
    if (signedOut) ways.push(make("a", this.words.sign_in, { href: "/", target: "_blank" }));
    if (error.body.location) ways.push(make("a", this.words.open_submission, { href: error.body.location }));
    else if (error.body.fresh) ways.push(make("a", this.words.reload, { href: this.base, "data-leave": "" }));
    if (error.body.fresh) {
      const copy = make("button", this.words.as_new, { type: "button", class: "link" });
      copy.addEventListener("click", () => this.asNew(error.body.fresh));
      ways.push(copy);
    }
    this.trouble(words, ways);
    this.away = status === 0;
  }

  trouble(words = "", ways = []) {
    const place = this.querySelector("[data-trouble]");
    const left = !words && place.contains(document.activeElement);
    this.away = false;
    place.hidden = !words;
    this.querySelector("[data-trouble-words]").textContent = words;
    this.querySelector("[data-trouble-ways]").replaceChildren(...ways.flatMap((way) => [way, " "]));
    for (const way of ways) if (way.dataset.leave === "") way.addEventListener("click", () => (this.dirty = false));
    if (left) this.begin(); // the button that mended it is gone
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
    const input = this.inputs().find((each) => this.pathOf(each) === path);
    for (let fold = input?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const row = line === undefined ? null : lines?.editor ?? lines?.body.rows[Number(line)];
    const target = input ?? row?.querySelector("input:not([readonly]), select") ?? lines?.element.querySelector("[data-line-do=add]");
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
    input?.select?.();
  }

  put(path, value) {
    set(this.values, path, value);
    const input = this.inputs().find((each) => this.pathOf(each) === path);
    if (input) this.fill(input, path);
    else this.lines.find((lines) => lines.id === steps(path)[0])?.render();
    this.changed();
  }
}

customElements.define("sw-form", SwForm);
