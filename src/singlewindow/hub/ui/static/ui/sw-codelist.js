/* <sw-codelist list="ports"> holds an input for a code and shows its name: typing finds by code, name,
   pinyin or initials; leaving takes an exact code. It tells the form with `sw:code` and `sw:table`. */

import { ask, make } from "./form/talk.js";
import { toValue } from "./form/shown.js";

const WAIT_MS = 60;
const KEPT = 400;
const found = new Map();
const names = new Map();
let places = 0;

export const nameOf = (list, code) => names.get(`${list}/${code}`) ?? "";
export function learn(known) {
  for (const [list, codes] of Object.entries(known ?? {}))
    for (const [code, name] of Object.entries(codes)) names.set(`${list}/${code}`, name);
}

export async function lookUp(list, typed, signal) {
  const key = `${list}?${typed}`;
  if (!found.has(key)) {
    const base = document.querySelector("sw-form").getAttribute("codes");
    const answer = await ask(`${base}${list}?q=${encodeURIComponent(typed)}`, signal);
    if (found.size >= KEPT) found.clear();
    found.set(key, answer.rows);
    for (const row of answer.rows) names.set(`${list}/${row.code}`, row.name);
  }
  return found.get(key);
}

/* Of what was found the one that is meant: by its code, or by its name in full. */
export function exactly(rows, typed) {
  const code = typed.toLowerCase();
  return rows.find((row) => row.code.toLowerCase() === code) ?? rows.find((row) => row.name.toLowerCase() === code);
}

/* The letters that were typed, marked in code, name or the initials of the pinyin. */
function marked(text, typed, initials = false) {
  const parts = document.createDocumentFragment();
  if (initials) {
    let left = typed;
    for (const word of text.split(" ")) {
      const hit = left && word[0] === left[0];
      if (hit) left = left.slice(1);
      parts.append(hit ? make("mark", word[0]) : word[0] ?? "", `${word.slice(1)} `);
    }
    return parts;
  }
  const at = text.toLowerCase().indexOf(typed);
  if (at < 0 || !typed) parts.append(text);
  else parts.append(text.slice(0, at), make("mark", text.slice(at, at + typed.length)), text.slice(at + typed.length));
  return parts;
}

class SwCodelist extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.label = this.querySelector(".name");
    if (this.ready) return;
    this.ready = true;
    this.list = this.getAttribute("list");
    this.input.addEventListener("input", (event) => event.isComposing || this.typed());
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.left());
    this.addEventListener("mousedown", (event) => this.pressed(event));
  }

  show(code) {
    const name = nameOf(this.list, code);
    if (this.input.value !== code) this.input.value = code;
    if (this.label.textContent !== name) this.label.textContent = this.label.title = name;
    this.classList.remove("typing");
  }

  pressed(event) {
    const option = event.target.closest?.("[role=option]");
    if (event.target === this.input) return;
    event.preventDefault();
    if (option) this.take(option.dataset.code);
    else if (!event.target.closest(".pop")) {
      this.input.focus();
      if (event.target.closest(".i")) this.dispatchEvent(new CustomEvent("sw:table", { bubbles: true }));
    }
  }

  typed() {
    this.label.textContent = "";
    this.classList.add("typing");
    this.first = false;
    this.behind = true; // a list in sight is of what stood here before
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.suggest(), WAIT_MS);
  }

  /* Nothing that was asked for before opens a list, or puts another in its place. */
  still() {
    clearTimeout(this.waiting);
    this.asking?.abort();
  }

  /* What stands in the field, as codes are written. */
  get value() {
    return toValue(this.input.value, "code");
  }

  async suggest() {
    const typed = this.value.toLowerCase();
    this.still();
    if (!typed) return this.close();
    this.asking = new AbortController();
    try {
      const rows = await lookUp(this.list, typed, this.asking.signal);
      if (document.activeElement === this.input && typed === this.value.toLowerCase()) this.open(rows, typed);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  open(rows, typed) {
    this.close();
    this.behind = false;
    this.pop = make("div", "", { class: "pop port" });
    const box = make("div", "", { role: "listbox", id: `codes-${++places}`, "aria-label": this.input.ariaLabel });
    for (const row of rows) box.append(this.option(row, typed));
    const words = JSON.parse(document.getElementById("form-data").textContent).words;
    if (!rows.length) box.append(make("div", words.nothing_found, { class: "o none" }));
    const foot = make("footer");
    foot.append(make("kbd", "↑"), make("kbd", "↓"), make("kbd", "Enter"), make("kbd", "F2"));
    this.pop.append(box, foot);
    this.append(this.pop);
    this.place();
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", box.id);
    if (rows.length) this.move(0);
  }

  /* Below the field, above it where the panel would cover it; never clipped by a table's frame. */
  place() {
    const box = this.getBoundingClientRect();
    const { height, width } = this.pop.getBoundingClientRect();
    const floor = document.querySelector(".dock")?.getBoundingClientRect().top ?? innerHeight;
    const below = box.bottom + 1;
    this.pop.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
    this.pop.style.top = `${below + height > floor && box.top > height ? box.top - height - 1 : below}px`;
    addEventListener("scroll", this.scrolled, { capture: true, passive: true });
  }

  scrolled = (event) => {
    if (!this.pop?.contains(event.target)) this.close();
  };

  option(row, typed) {
    const option = make("div", "", { class: "o", role: "option", id: `code-${++places}`, "data-code": row.code });
    const code = make("span"), name = make("span"), pinyin = make("small");
    code.append(marked(row.code, typed));
    name.append(marked(row.name, typed), " ");
    const latin = /^[a-z' ]+$/.test(typed) && document.documentElement.lang !== "en" && !row.code.toLowerCase().startsWith(typed);
    if (latin) pinyin.append(marked(row.pinyin, typed.replaceAll(" ", ""), true));
    name.append(pinyin);
    option.append(code, name, make("small", row.more));
    return option;
  }

  get options() {
    return [...(this.pop?.querySelectorAll("[role=option]") ?? [])];
  }

  move(to) {
    const all = this.options;
    this.at = (to + all.length) % all.length;
    all.forEach((option, i) => {
      option.classList.toggle("on", i === this.at);
      option.setAttribute("aria-selected", String(i === this.at));
    });
    this.input.setAttribute("aria-activedescendant", all[this.at].id);
    all[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "F2") {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("sw:table", { bubbles: true }));
    } else if (event.key === "ArrowDown" && !this.pop) {
      event.preventDefault();
      this.suggest();
    } else if (this.pop && this.options.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.still(); // whoever walks a list means the one in sight
      this.behind = false;
      this.move(this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && (!this.pop || this.behind)) {
      this.first = true; // quicker than the list: the field takes what it would have begun with
    } else if (this.pop && event.key === "Enter" && !event.shiftKey && this.options.length) {
      this.take(this.options[this.at].dataset.code); // and the form goes on to the next field
    } else if (this.pop && event.key === "Escape") {
      event.stopPropagation();
      this.still();
      this.close();
    }
  }

  take(code) {
    this.still();
    this.close();
    this.show(code);
    this.dispatchEvent(new CustomEvent("sw:code", { bubbles: true, detail: { input: this.input, code } }));
  }

  async left() {
    clearTimeout(this.waiting);
    this.close();
    const typed = this.value;
    const first = this.first && this.classList.contains("typing");
    this.first = false;
    this.classList.remove("typing");
    if (!typed || this.label.textContent) return;
    const known = nameOf(this.list, typed) ? [{ code: typed, name: "" }] : await lookUp(this.list, typed.toLowerCase()).catch(() => []);
    const found = exactly(known, typed) ?? (first ? known[0] : null);
    if (found && this.value === typed) this.take(found.code);
  }

  close() {
    removeEventListener("scroll", this.scrolled, { capture: true });
    this.pop?.remove();
    this.pop = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("sw-codelist", SwCodelist);
