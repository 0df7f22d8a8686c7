/* Below a table what its lines come to, and whether the sheet above says so too. */

import { get } from "./values.js";
import { toShown } from "./shown.js";
import { make, say } from "./talk.js";

const DECIMALS = 6;
const NUMBER = /^\d{1,18}(\.\d{0,6})?$/;

/* Numbers as whole millionths: what people add up by hand is compared to the last digit. */
function scaled(value) {
  if (typeof value !== "string" || !NUMBER.test(value)) return null;
  const [whole, rest = ""] = value.split(".");
  return BigInt(whole + rest.padEnd(DECIMALS, "0"));
}

function text(sum) {
  const digits = String(sum).padStart(DECIMALS + 1, "0");
  const rest = digits.slice(-DECIMALS).replace(/0+$/, "");
  return toShown(digits.slice(0, -DECIMALS) + (rest && `.${rest}`), "d");
}

export class Totals {
  constructor(lines) {
    this.lines = lines;
    this.places = [...lines.element.querySelectorAll(":scope > [data-totals] > [data-total]")];
  }

  draw() {
    for (const place of this.places) {
      const parts = this.parts(place.dataset.total, place.dataset.of);
      const said = JSON.stringify(parts);
      if (said !== place.dataset.said) place.replaceChildren(...parts.map(([words, kind]) => this.part(place, words, kind)));
      place.dataset.said = said;
      place.hidden = !parts.length;
    }
  }

  part(place, words, kind) {
    return make("span", say(words, { name: place.dataset.called }), kind ? { class: `st ${kind} i-s-${kind}` } : {});
  }

  /* What is summed up beside a field at the top, or one sum for each value of another field of the line. */
  parts(name, of) {
    const { form, values } = this.lines, { words } = form;
    const found = values.map((line) => [scaled(line?.[name]), line?.[of]]).filter(([number]) => number !== null);
    if (!found.length) return [];
    const add = (rows) => rows.reduce((sum, [number]) => sum + number, 0n);
    const whole = found.length === values.length;
    const told = (sum) => {
      const filling = { name: "{name}", sum, n: values.length, filled: found.length };
      return say(whole ? words.total : words.total_of, filling);
    };
    if (!form.sheet.has(of)) {
      const kinds = [...new Set(found.map(([, kind]) => kind ?? ""))];
      return [[told(kinds.map((kind) => `${text(add(found.filter((row) => (row[1] ?? "") === kind)))} ${kind}`).join(" + ")), ""]];
    }
    const sum = add(found), above = scaled(get(form.values, of));
    if (!whole || above === null) return [[told(text(sum)), ""]];
    if (sum === above) return [[told(text(sum)) + words.as_above, "ok"]];
    const by = text(sum > above ? sum - above : above - sum);
    return [[told(text(sum)) + say(words.unlike_above, { above: text(above), by }), "warn"]];
  }
}
