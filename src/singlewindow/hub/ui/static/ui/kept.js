/* What somebody has typed into a page's forms and no server has taken yet: it outlives the end of a session,
   a reload and a way elsewhere, in this tab alone, and is put back for nobody but who typed it. */

const PREFIX = "kept:";
const OLDEST_MS = 24 * 3600 * 1000;
let over = false; // somebody has signed out: what was still to be kept of theirs is not
const person = () => document.body.dataset.person ?? "";
const asked = () => new URLSearchParams(location.search).get("asked") ?? "";

/* A page is known by its address, whatever it was last asked for. */
function place() {
  const query = new URLSearchParams(location.search);
  query.delete("asked");
  return `${PREFIX}${location.pathname}?${query}`;
}

function written() {
  return Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
}

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function store(found) {
  if (over) return;
  try {
    sessionStorage.setItem(place(), JSON.stringify({ ...found, person: person(), at: Date.now() }));
  } catch {
    drop(); // more than the browser holds: what is typed stays on the page alone
  }
}

function write(found) {
  if (found.fields.length) store(found);
  else drop();
}

/* Somebody else at this browser finds nothing, and who signs out leaves nothing. */
function forget(unless) {
  for (const name of written()) {
    const found = read(name);
    if (!found || found.person !== unless || Date.now() - found.at > OLDEST_MS) sessionStorage.removeItem(name);
  }
}

/* Fields as they stand now; a form that was sent stays until the page tells that it was taken. */
export function keep(fields) {
  const sent = read(place())?.sent;
  write({ fields, sent });
}

/* A form leaves for the server: whether it gets there is known by the page that comes next. */
export function leaving(form) {
  const found = read(place());
  if (found) write({ ...found, sent: { form: form.getAttribute("action"), asked: asked() } });
}

/* What was typed here and not taken. A form whose sending brought a new answer is the server's now. */
export function kept() {
  const found = read(place());
  if (!found) return [];
  const taken = found.sent && asked() && asked() !== found.sent.asked ? found.sent.form : null;
  const fields = found.fields.filter((one) => one.form !== taken);
  write({ ...found, fields, sent: undefined });
  return fields;
}

/* A whole document that could not be saved, and the version it was typed over. */
export function keepWhole(values, version) {
  store({ values, version });
}

/* Put back once; not over a version that was saved since. */
export function keptWhole(version) {
  const found = read(place());
  drop();
  return found?.values && found.version === version ? found.values : null;
}

export function drop() {
  sessionStorage.removeItem(place());
}

if (person()) forget(person());
addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-sign-out]")) return;
  forget(null);
  over = true;
}, true);
addEventListener("input", () => { over = false; }, true); // they stayed, and go on
