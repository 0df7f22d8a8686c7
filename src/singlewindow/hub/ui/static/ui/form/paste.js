/* Cells copied from a spreadsheet and pasted into a table: columns go into the fields that follow, rows into the
   lines that follow, further ones as needed. Nothing of them is joined unseen or left out. */

import { walked } from "./keys.js";
import { say } from "./talk.js";
import { get, set } from "./values.js";
import { toValue } from "./shown.js";
import { exactly, lookUp } from "../sw-codelist.js";

const CELL = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/g;

/* Rows of cells: tabs between them, in quotes one that holds an end of line itself. */
export function cells(text) {
  const rows = [[]];
  for (const [, quoted, bare, end] of text.replace(/\r\n?/g, "\n").replace(/\n$/, "").matchAll(CELL)) {
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? bare);
    if (!end) break;
    if (end === "\n") rows.push([]);
  }
  const blank = (cell) => !cell?.trim();
  while (rows.length > 1 && rows.at(-1).every(blank)) rows.pop();
  while (rows.every((row) => row.length > 1 && blank(row.at(-1)))) rows.forEach((row) => row.pop());
  return rows;
}

export function pasted(form, event) {
  const input = event.target;
  if (!input.matches?.("input[data-field]") || input.readOnly) return;
  const text = event.clipboardData.getData("text/plain");
  const rows = cells(text);
  if (rows.length === 1 && rows[0].length === 1 && rows[0][0] === text.trimEnd()) return; // as browsers do it
  event.preventDefault();
  const lines = input.closest("[data-lines]")?.lines;
  const table = text.includes("\t") || /<tr/i.test(event.clipboardData.getData("text/html"));
  if (lines && rows.length * rows[0].length > 1 && (table || input.dataset.kind !== "text")) spread(form, lines, input, rows);
  else type(input, rows.flat().join(" "));
}

/* A sentence of several lines is one all the same; a number with a gap is told from one without. */
function type(input, text) {
  input.setRangeText(text.replace(/\s+/g, " ").trim(), input.selectionStart, input.selectionEnd, "end");
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function spread(form, lines, input, rows) {
  const row = input.closest("tr[data-at]");
  const inputs = form.inputs().filter((each) => each.closest("tr[data-at]") === row && walked(each));
  const fields = inputs.slice(inputs.indexOf(input));
  const at = Number(row.dataset.at), columns = Math.max(...rows.map((each) => each.length));
  const most = Number(lines.element.dataset.most);
  const size = { rows: rows.length, columns };
  if (columns > fields.length || at + rows.length > most) {
    return form.trouble.show(say(form.words.no_room, { ...size, lines: most - at, fields: fields.length }));
  }
  form.earlier.keep(say(form.words.pastes, size));
  const first = form.pathOf(input);
  const placed = rows.flatMap((texts, down) => texts.map((text, across) => place(form, lines, at + down, fields[across], text)));
  lines.render();
  form.changed(lines.element);
  form.goTo(first);
  form.querySelector("[data-announce-here]").textContent = say(form.words.pasted, size);
  name(form, lines, placed.filter((one) => one.list));
}

function place(form, lines, at, field, text) {
  const path = lines.pathOf(field, at), value = valueOf(field, text);
  set(form.values, path, value);
  form.counts.forget(path);
  return { path, value, list: value && field.closest("sw-codelist")?.getAttribute("list") };
}

/* What is chosen from a menu may stand there by its name. */
function valueOf(field, text) {
  const value = toValue(text, field.dataset.kind);
  const options = [...(field.options ?? [])];
  return options.find((each) => [each.value, each.text, each.text.replace(/^\S+ /, "")].includes(value))?.value ?? value;
}

/* Names of codes give way to the codes, where nobody has typed anything else meanwhile. */
async function name(form, lines, placed) {
  for (const { path, list, value } of placed) {
    const code = exactly(await lookUp(list, value.toLowerCase()).catch(() => []), value)?.code;
    if (code && get(form.values, path) === value) set(form.values, path, code);
  }
  if (!placed.length) return;
  for (const { path } of placed) {
    const input = form.inputAt(path);
    if (input) form.fill(input, path);
  }
  if (lines.editor) lines.rows.forEach((row, at) => lines.summarise(row, at));
  form.changed(lines.element);
}
