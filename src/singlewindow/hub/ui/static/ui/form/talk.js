/* Talking with the server: JSON in, JSON out, its refusals as they are. */

export class Refusal extends Error {
  constructor(status, body) {
    super(body?.words ?? body?.detail ?? String(status));
    this.status = status;
    this.body = body ?? {};
  }
}

/* A refusal with status 0 never reached the server. */
async function sent(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0);
  }
}

/* Nor does an answer that broke off half-way. */
async function content(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0);
  }
}

async function answered(response) {
  const kind = response.headers.get("content-type") ?? "";
  const body = kind.includes("json") ? await content(response) : null;
  if (response.redirected || !response.ok || !body) throw new Refusal(response.redirected ? 401 : response.status, body);
  return body;
}

export async function ask(url, signal) {
  return answered(await sent(url, { headers: { accept: "application/json" }, signal }));
}

/* Signing in again, in another window, changes the token: the cookie has the one that counts. */
const token = () =>
  document.cookie.match(/(?:^|; )__Host-csrftoken=([^;]+)/)?.[1] ??
  document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;

export async function post(url, body) {
  const headers = {
    accept: "application/json",
    "content-type": body instanceof Blob ? "application/octet-stream" : "application/json",
    "x-csrftoken": token(),
  };
  const content = body instanceof Blob ? body : JSON.stringify(body);
  return answered(await sent(url, { method: "POST", headers, body: content }));
}

export const say = (words, values = {}) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/* An element with its text: everything that comes from data goes in as text. */
export function make(name, text = "", attributes = {}) {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
