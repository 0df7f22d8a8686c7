/* A party that is known brings its name and numbers with its code; what somebody typed themselves stays. */

import { get } from "./values.js";

export function bring(form, input) {
  const known = form.data.parties[input.value.trim()];
  if (!known) return;
  const stem = form.pathOf(input).replace(/_code$/, "");
  for (const [part, value] of Object.entries(known)) {
    const path = `${stem}_${part}`;
    const there = get(form.values, path) ?? "";
    const brought = !there || Object.values(form.data.parties).some((party) => party[part] === there);
    if (brought && form.inputAt(path)) form.put(path, value);
  }
}
