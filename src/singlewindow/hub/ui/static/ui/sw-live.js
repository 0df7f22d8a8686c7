/* <sw-live about="uuid uuid"> refetches what it holds when one of these changes, or of what a part of it names
   in its data-about, which comes and goes with the part; "*" is any.
   A later submission of a consignment names its dossier too: coordination tells of that.
   The tabs of one browser share a single event stream: the tab that holds the lock opens it and tells
   the others over a broadcast channel. Without a stream every element polls. */

const STREAM = "/live";
const POLL_MS = 10_000;
const SETTLE_MS = 400;
const SETTLE_MOST_MS = 1_000; // where changes never cease, too, what is shown is no older
const PRESS_MOST_MS = 2_000; // a press whose end is never heard holds nothing up for longer
const ASK_MS = 3_000;
// What is awaited from afar ([data-soon]) may come by a message that names something else than we hold.
const SOON_MS = 2_000;
const SOON_MOST = 15;
const LOCK = "sw-live";

const channel = "BroadcastChannel" in self ? new BroadcastChannel("sw-live") : null;
const elements = new Set();
let live = false;
let leading = false;
let pressed = -Infinity;

function tell(message) {
  receive(message);
  channel?.postMessage(message);
}

function receive(message) {
  if (message.ask) {
    if (leading) channel.postMessage({ live });
    return;
  }
  if ("live" in message) {
    const reconnected = message.live && !live;
    live = message.live;
    elements.forEach((element) => element.show(reconnected));
  }
  if (message.change) elements.forEach((element) => element.changed(message.change));
}

function open() {
  return new Promise((done) => {
    leading = true;
    // Whoever was led by another tab may have missed something in between; opening makes all refetch.
    tell({ live: false });
    const stream = new EventSource(STREAM);
    stream.addEventListener("open", () => tell({ live: true }));
    stream.addEventListener("change", (event) => tell({ change: JSON.parse(event.data) }));
    stream.addEventListener("error", () => {
      tell({ live: false });
      if (stream.readyState !== EventSource.CLOSED) return;
      // Refused, not interrupted: the browser will not try again by itself, another tab may.
      leading = false;
      setTimeout(done, POLL_MS);
    });
    addEventListener("pagehide", () => stream.close(), { once: true });
  });
}

async function lead() {
  for (;;) {
    if (navigator.locks && channel) await navigator.locks.request(LOCK, open);
    else await open();
  }
}

function start() {
  if (channel) {
    channel.addEventListener("message", (event) => receive(event.data));
    channel.postMessage({ ask: true });
    // A tab whose leader went away hears nothing more; asking again tells it.
    setInterval(() => leading || channel.postMessage({ ask: true }), ASK_MS);
  }
  lead();
  addEventListener("pointerdown", () => (pressed = performance.now()), true);
  // The space bar presses what it was pressed on as it is let go.
  addEventListener("keydown", (event) => event.key === " " && !event.repeat && (pressed = performance.now()), true);
  for (const end of ["pointerup", "pointercancel", "keyup"]) addEventListener(end, () => (pressed = -Infinity), true);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

const reached = (element) => [...element.querySelectorAll("summary, a, button")];

let started = false;

class SwLive extends HTMLElement {
  connectedCallback() {
    if (!started) {
      started = true;
      start();
    }
    elements.add(this);
    this.addEventListener("htmx:beforeSwap", this.swaps);
    this.addEventListener("compositionstart", () => (this.composing = true));
    this.addEventListener("compositionend", () => (this.composing = false));
    this.addEventListener("htmx:afterSwap", this.restore);
    this.poll = setInterval(() => live || this.refetch(), POLL_MS);
    this.soon = 0;
    this.show(false);
    this.expect();
  }

  disconnectedCallback() {
    elements.delete(this);
    clearInterval(this.poll);
    clearTimeout(this.waiting);
    clearTimeout(this.expecting);
  }

  show(reconnected) {
    this.setAttribute("state", live ? "live" : "polling");
    // What changed while nothing was heard is not told again.
    if (reconnected) this.refetch();
  }

  changed(ids) {
    const parts = [...this.querySelectorAll("[data-about]")].map((part) => part.dataset.about);
    const about = [this.getAttribute("about"), ...parts].join(" ").split(" ");
    if (!Array.isArray(ids) || about.includes("*") || about.some((id) => ids.includes(id))) this.refetch();
  }

  refetch() {
    const now = performance.now();
    this.since ??= now;
    clearTimeout(this.waiting);
    const wait = Math.min(SETTLE_MS, this.since + SETTLE_MOST_MS - now);
    this.waiting = setTimeout(() => {
      this.since = null;
      this.dispatchEvent(new CustomEvent("sw:change"));
    }, wait);
  }

  /* Nothing is taken from under a finger that presses, or from an input method at work: a moment later. */
  swaps(event) {
    if (this.composing || performance.now() - pressed < PRESS_MOST_MS) {
      event.stopImmediatePropagation();
      event.detail.shouldSwap = false;
      this.refetch();
    } else this.remember();
  }

  /* A refresh leaves what the reader did: opened receipts, scrolled frames, the focused link. */
  remember() {
    this.opened = [...this.querySelectorAll("details[id][open]")].map((details) => details.id);
    this.scrolled = [...this.querySelectorAll(".tw")].map((frame) => frame.scrollLeft);
    const focused = document.activeElement;
    const around = this.contains(focused) ? focused.closest("[id]") : null;
    this.focused = around?.id;
    this.nth = around ? reached(around).indexOf(focused) : -1; // which of a row's links
    this.row = [...this.querySelectorAll("[data-row]")].findIndex((row) => row.contains(focused));
  }

  restore() {
    this.opened?.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    this.querySelectorAll(".tw").forEach((frame, at) => (frame.scrollLeft = this.scrolled?.[at] ?? 0));
    const rows = this.querySelectorAll("[data-row]");
    // A row that is done leaves the list; whoever stood on it stands on the one that took its place.
    const instead = this.row >= 0 ? rows[Math.min(this.row, rows.length - 1)] : null;
    const focused = this.focused && (document.getElementById(this.focused) ?? instead);
    if (focused && !focused.contains(document.activeElement)) {
      const all = reached(focused);
      (all[this.nth] ?? all[0] ?? focused).focus({ preventScroll: true });
    }
    this.announce();
    this.expect();
  }

  expect() {
    clearTimeout(this.expecting);
    if (!this.querySelector("[data-soon]")) this.soon = 0;
    else if (this.soon++ < SOON_MOST) this.expecting = setTimeout(() => this.refetch(), SOON_MS);
  }

  announce() {
    const words = this.querySelector("[data-announce]")?.dataset.announce;
    const place = document.getElementById("announcements");
    if (place && words && place.textContent !== words) place.textContent = words;
  }
}

customElements.define("sw-live", SwLive);
