/* A document's values by path: `goods[2].un_number`. Lines count from 0, an empty text is absent. */

export const steps = (path) => path.split(/[.[\]]+/).filter(Boolean);
export const plain = (path) => path.replace(/\[\d+\]/g, "");

export function get(values, path) {
  return steps(path).reduce((at, step) => at?.[step], values);
}

export function set(values, path, value) {
  const names = steps(path);
  const last = names.pop();
  const at = names.reduce((inner, name, i) => {
    inner[name] ??= /^\d+$/.test(names[i + 1] ?? last) ? [] : {};
    return inner[name];
  }, values);
  if (value === "" || value === undefined) delete at[last];
  else at[last] = value;
}

export function linesAt(values, path) {
  const found = get(values, path);
  return Array.isArray(found) ? found : [];
}

/* Every value at a plain path such as `goods.un_number`, one a line that has it. */
function all(values, path) {
  const [head, ...rest] = path.split(".");
  const found = values?.[head];
  if (found === undefined || found === null || found === "") return [];
  if (!rest.length) return [String(found)];
  return (Array.isArray(found) ? found : []).flatMap((line) => all(line, rest.join(".")));
}

/* Whether a condition of the definition is met: every path has one of its values, `*` is any. */
export function holds(condition, values) {
  return Object.entries(condition).every(([path, wanted]) =>
    all(values, path).some((value) => wanted.includes("*") || wanted.includes(value)),
  );
}

/* The document as one line sees it: of its own section there is only that line. */
export function narrowed(values, path) {
  const at = path.match(/^(\w+)\[(\d+)\]/);
  return at ? { ...values, [at[1]]: [linesAt(values, at[1])[at[2]]].filter(Boolean) } : values;
}
