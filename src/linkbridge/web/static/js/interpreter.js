// What became of the wish for an interpreter, while the official waits: asked of the server every few seconds.

import { csrfToken } from "./sync.js";

const KEY = "linkbridge.interpreter";
const EVERY = 3_000;
const OVER = new Set(["none", "unfilled", "cancelled", "done"]);
let timer = null;

const box = () => document.querySelector("[data-interpreter-state]");

/** Follows the wish that was recorded as this event. */
export function follow(eventId) {
  sessionStorage.setItem(KEY, eventId);
  watch();
}

/** Goes on following after another page of the tablet was opened. */
export function watch() {
  clearTimeout(timer);
  const eventId = sessionStorage.getItem(KEY);
  if (!eventId || !box()) return;
  const stop = box().querySelector("[data-interpreter-cancel]");
  stop.onclick = () => ask(eventId, "POST", "/cancel");
  ask(eventId, "GET", "");
}

/** Forgets the wish: the encounter is over. */
export function forget() {
  clearTimeout(timer);
  sessionStorage.removeItem(KEY);
}

async function ask(eventId, method, path) {
  clearTimeout(timer);
  let found = { state: "waiting" };
  try {
    const answer = await fetch(`/tablet/interpreter/${eventId}${path}`, {
      method, headers: { Accept: "application/json", "X-CSRF-Token": csrfToken() }, cache: "no-store",
    });
    if (answer.ok) found = await answer.json();
    else if (answer.status !== 404) found = { state: "unknown" };
  } catch { /* it waits on the tablet: nothing is promised */ }
  show(found);
  if (!OVER.has(found.state)) timer = setTimeout(() => ask(eventId, "GET", ""), EVERY);
}

function show({ state, asked = 0, join = "" }) {
  const place = box();
  if (!place) return;
  const words = JSON.parse(place.dataset.interpreterState);
  const text = place.querySelector("[data-interpreter-words]");
  const said = (words[state] ?? words.waiting).replace("{count}", asked);
  if (text.textContent !== said) text.textContent = said;
  const link = place.querySelector("[data-interpreter-join]");
  link.hidden = !join;
  if (join) link.href = join;
  place.querySelector("[data-interpreter-cancel]").hidden = OVER.has(state) || state === "waiting" || state === "unknown";
  for (const number of document.querySelectorAll("[data-interpreter-number]")) number.hidden = state !== "unfilled" && state !== "none";
}
