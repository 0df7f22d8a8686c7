/* Several rows of a work-list chosen for one step. What is chosen, and what was read of it, outlives live refreshes:
   a row that has changed since keeps the mark it was chosen by, and one that is gone is still handed in, so that
   whoever chose it is told what became of it. */

const form = document.querySelector("[data-several]");
const dialog = form.querySelector("dialog");
const most = Number(form.dataset.most);
const chosen = new Map(); // by thing: { value, label }

const boxes = () => [...document.querySelectorAll("[data-choose]")];
const boxOf = (place) => place.closest?.("[data-row]")?.querySelector("[data-choose]");

function choose(box, wanted) {
  if (!wanted) chosen.delete(box.dataset.choose);
  else if (chosen.size < most) chosen.set(box.dataset.choose, { value: box.value, label: box.dataset.label });
  else form.querySelector("[data-full]").hidden = false;
}

/* The page as it stands after a choice or a refresh. */
function show() {
  let moved = false;
  for (const box of boxes()) {
    const kept = chosen.get(box.dataset.choose);
    const changed = Boolean(kept) && kept.value !== box.value;
    box.checked = Boolean(kept);
    box.closest("[data-row]").classList.toggle("picked", Boolean(kept));
    box.closest("[data-row]").querySelector("[data-changed]").hidden = !changed;
    moved ||= changed;
  }
  const here = new Set(boxes().map((box) => box.dataset.choose));
  moved ||= [...chosen.keys()].some((thing) => !here.has(thing));
  form.querySelectorAll("[data-picked]").forEach((count) => (count.textContent = chosen.size));
  form.querySelector("[data-moved]").hidden = !moved;
  form.querySelector("[data-confirm]").disabled = !chosen.size;
  if (chosen.size < most) form.querySelector("[data-full]").hidden = true;
}

function all() {
  const rest = boxes().filter((box) => !chosen.has(box.dataset.choose));
  if (rest.length) rest.forEach((box) => choose(box, true));
  else boxes().forEach((box) => choose(box, false));
  show();
}

/* The list of what will be done, each with the mark of what was read of it. */
function confirm() {
  if (!chosen.size || dialog.open) return;
  const now = new Map(boxes().map((box) => [box.dataset.choose, box.value]));
  const drawn = [...chosen].map(([thing, { value, label }]) => {
    const pick = form.querySelector("[data-pick]").content.cloneNode(true);
    pick.querySelector("span").textContent = label;
    pick.querySelector("input").value = value;
    pick.querySelector("[data-pick-gone]").hidden = now.has(thing);
    pick.querySelector("[data-pick-changed]").hidden = !now.has(thing) || now.get(thing) === value;
    return pick;
  });
  form.querySelector("[data-picks]").replaceChildren(...drawn);
  dialog.showModal();
  form.querySelector("#basis").focus();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-choose]")) return;
  choose(event.target, event.target.checked);
  show();
});

form.addEventListener("click", (event) => {
  if (event.target.closest("[data-all]")) all();
  if (event.target.closest("[data-none]")) {
    chosen.clear();
    show();
  }
  if (event.target.closest("[data-confirm]")) confirm();
  if (event.target.closest("[data-back]")) dialog.close();
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "F9") {
    event.preventDefault();
    confirm();
  } else if (!typing && (event.key === "a" || event.key === "A")) {
    event.preventDefault();
    all();
  } else if (event.key === " " && event.target.matches("a")) {
    const box = boxOf(event.target);
    if (!box) return;
    event.preventDefault();
    choose(box, !chosen.has(box.dataset.choose));
    show();
  }
});

/* The cursor stays on the box that it was on. */
let stood = null;
document.addEventListener("htmx:beforeSwap", () => (stood = document.activeElement?.dataset?.choose ?? null));
document.addEventListener("htmx:afterSwap", () => {
  show();
  if (stood) boxes().find((box) => box.dataset.choose === stood)?.focus({ preventScroll: true });
});
show();
