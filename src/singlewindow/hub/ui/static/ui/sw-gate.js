/* <sw-gate>: the gate's screen. It fails closed: no answer, an answer that is no screen, or a verdict
   older than its bound shows 禁行. Enter checks, F9 opens the barrier, Esc takes the next truck. */

const ANSWER_MS = 5_000;
const TICK_MS = 1_000;
const RENEW_MS = 10_000;

class SwGate extends HTMLElement {
  connectedCallback() {
    this.began = this.asked = this.shown = performance.now();
    this.addEventListener("submit", (event) => this.submit(event));
    this.addEventListener("input", () => this.typed());
    document.addEventListener("keydown", (event) => this.key(event));
    this.ticking = setInterval(() => this.tick(), TICK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
  }

  get verdict() {
    return this.querySelector("#verdict");
  }

  async submit(event) {
    const form = event.target;
    if (form.id !== "gate-form") return;
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.younger = false;
    const sent = performance.now();
    const body = new FormData(form, event.submitter);
    const address = event.submitter?.getAttribute("formaction") ?? form.action;
    this.lock();
    try {
      this.show(await this.fetched(address, { method: "POST", body }), sent);
    } catch (fault) {
      this.refuse(fault.signIn ? "[data-ended]" : "[data-broken]");
    } finally {
      this.busy = false;
    }
  }

  async fetched(address, options) {
    const answer = await fetch(address, { ...options, cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    // Who is not signed in any more is led away: the screen says so, for the clerk cannot know.
    if (answer.redirected) throw Object.assign(new Error("led away"), { signIn: true });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const screen = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("sw-gate");
    if (!screen?.querySelector("#verdict")) throw new Error("no screen");
    return screen;
  }

  /* Its data are as old as the question, at least. */
  show(screen, sent) {
    const younger = this.younger ? this.written() : null;
    this.replaceChildren(...screen.childNodes);
    this.began = sent;
    this.asked = this.shown = performance.now();
    if (younger) return this.write(younger);
    const open = this.querySelector("#do-open");
    if (open && !open.disabled) open.focus();
    else this.mend() || this.querySelector("#do-next").focus();
  }

  /* What was misread is read again: the first field found wrong, ready to be typed over. */
  mend() {
    const wrong = this.querySelector("input.val[aria-invalid]");
    wrong?.focus();
    wrong?.select();
    return wrong;
  }

  /* What is typed while an answer is awaited is younger than the answer, and was not checked. */
  written() {
    const fields = [...this.querySelectorAll("input.val")].map(({ id, value }) => [id, value]);
    const { id, selectionStart, selectionEnd } = document.activeElement;
    return { fields, id, marked: [selectionStart, selectionEnd] };
  }

  write({ fields, id, marked }) {
    for (const [name, value] of fields) this.querySelector(`#${name}`).value = value;
    const field = fields.some(([name]) => name === id) && this.querySelector(`#${id}`);
    if (field) {
      field.focus();
      field.setSelectionRange(...marked);
    }
    this.typed();
  }

  lock() {
    const open = this.querySelector("#do-open");
    if (open) open.disabled = true;
  }

  refuse(which) {
    const verdict = this.verdict;
    this.lock();
    verdict.className = "verd deny";
    verdict.dataset.passed = "";
    verdict.replaceChildren(this.querySelector(which).content.cloneNode(true));
  }

  /* 放行 was said of what stood in the fields; a refusal stays in sight while it is mended. */
  typed() {
    const verdict = this.verdict;
    this.younger = true;
    if (!verdict.dataset.passed) return;
    this.lock();
    verdict.className = "verd none";
    verdict.dataset.passed = verdict.dataset.opened = "";
    verdict.replaceChildren(this.querySelector("[data-idle]").content.cloneNode(true));
    const wait = this.querySelector("[data-wait]").content;
    this.querySelectorAll(".idr .state").forEach((state) => state.replaceChildren(wait.cloneNode(true)));
    this.querySelector("output.val").textContent = "—";
  }

  tick() {
    const now = performance.now();
    const clock = this.querySelector("[data-clock]"); // the port's, whatever zone the machine here is set to
    const at = Date.parse(clock.dateTime) + (now - this.shown);
    clock.textContent = new Date(at).toLocaleTimeString("en-GB", { timeZone: this.getAttribute("zone") });
    const place = this.querySelector("[data-age]");
    const bound = Number(this.getAttribute("bound"));
    const since = (now - this.began) / 1000;
    const age = place.dataset.age === "" ? Infinity : Number(place.dataset.age) + Math.floor(since);
    const stale = age > bound;
    this.querySelector("[data-fresh]").hidden = stale;
    this.querySelector("[data-stale]").hidden = !stale;
    this.querySelector("[data-seconds]").textContent = Number.isFinite(age) ? age : "";
    const { passed, opened } = this.verdict.dataset;
    if (passed && !opened && (stale || since > bound)) this.refuse("[data-old]");
    if (!this.busy && this.verdict.matches(".none") && now - this.asked > RENEW_MS) this.renew(now);
  }

  /* While nothing stands before the barrier only the age of the data is renewed; what is typed stays. */
  async renew(now) {
    this.asked = now;
    try {
      const screen = await this.fetched(location.pathname + location.search, {});
      if (this.asked !== now || this.busy) return; // the answer to a check is younger
      this.querySelector("[data-age]").replaceWith(screen.querySelector("[data-age]"));
      this.began = now;
    } catch (fault) {
      /* Of any other fault the age goes on growing; past its bound the screen says so. */
      if (fault.signIn) this.refuse("[data-ended]");
    }
  }

  key(event) {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "F9") {
      event.preventDefault();
      const open = this.querySelector("#do-open");
      if (open && !open.disabled) open.click();
    }
    if (event.key === "Escape") this.querySelector("#do-next").click();
  }
}

customElements.define("sw-gate", SwGate);
