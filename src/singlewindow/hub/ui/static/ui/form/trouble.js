/* What went wrong is said wherever one types, with what can be done; what was typed stays. */

import { Refusal, make, say } from "./talk.js";

export class Trouble {
  constructor(form) {
    this.form = form;
    this.place = form.querySelector("[data-trouble]");
  }

  show(words = "", ways = []) {
    const left = !words && this.place.contains(document.activeElement);
    this.away = false;
    // Saved again of its own accord it fails alike: nobody loses the button that they stand on or press.
    const said = ways.map((way) => `${way.textContent} `).join("");
    if (words && !this.place.hidden && this.place.textContent === `${words} ${said}`) return;
    this.place.hidden = !words;
    this.place.querySelector("[data-trouble-words]").textContent = words;
    this.place.querySelector("[data-trouble-ways]").replaceChildren(...ways.flatMap((way) => [way, " "]));
    for (const way of ways) if (way.dataset.leave === "") way.addEventListener("click", () => (this.form.dirty = false));
    if (left) this.form.begin(); // the button that mended it is gone
  }

  /* Of a refusal: what it says, whether what is typed now would be lost with the page, and the ways on. */
  failed(error, away = this.form.words.away) {
    if (!(error instanceof Refusal)) throw error;
    const { form } = this, { words } = form, { status, body } = error;
    const own = (body.problems ?? []).map((problem) => problem.text[form.lang === "en" ? "en" : "zh"]).join(words.between);
    const signedOut = status === 401 || status === 403;
    form.cutOff = signedOut || status === 0 || status >= 500;
    form.remember();
    this.show(
      status === 0 ? away : signedOut ? words.signed_out : say(words.stays, { what: body.words || own || status }),
      this.ways(body, signedOut),
    );
    this.away = status === 0;
  }

  ways(body, signedOut) {
    const { words, base } = this.form, ways = [];
    if (signedOut) ways.push(make("a", words.sign_in, { href: "/", target: "_blank" }));
    if (body.location) ways.push(make("a", words.open_submission, { href: body.location }));
    else if (body.fresh) ways.push(make("a", words.reload, { href: base, "data-leave": "" }));
    if (body.fresh) {
      const copy = make("button", words.as_new, { type: "button", class: "link" });
      copy.addEventListener("click", () => this.form.asNew(body.fresh));
      ways.push(copy);
    }
    return ways;
  }
}
