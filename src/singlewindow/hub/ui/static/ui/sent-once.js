/* A form that was sent is not sent again by a second press while the page that answers is awaited: the answer to
   the first press would be lost, and with it what stands there only once. */

const AWAITED_MS = 5_000; // then it may be pressed again: the way there may be broken
let sent = -Infinity;

addEventListener("submit", (event) => {
  const method = event.target.getAttribute("method") ?? "";
  if (event.defaultPrevented || method.toLowerCase() !== "post") return;
  if (performance.now() - sent < AWAITED_MS) event.preventDefault();
  else sent = performance.now();
});
addEventListener("pageshow", () => (sent = -Infinity));
