// Sends what waits, once and for all: one sender at a time, every event until the server has confirmed it.

import * as queue from "./queue.js";

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;
const MOST_AT_ONCE = 50;
let wait = FIRST_WAIT;
let timer = null;

/** The token that the server expects with this device's requests. */
export function csrfToken() {
  const found = document.cookie.split("; ").find((part) => /^(__Host-|__Secure-)?lb_device_csrf=/.test(part));
  return found ? found.slice(found.indexOf("=") + 1) : "";
}

/** Sends everything that waits. Resolves to "sent", "offline", "refused" (not a device any more) or "busy". */
export async function flush() {
  const locked = (action) =>
    navigator.locks ? navigator.locks.request("linkbridge-sync", { ifAvailable: true }, (lock) => (lock ? action() : "busy")) : action();
  const outcome = await locked(sendAll);
  clearTimeout(timer);
  if (outcome === "busy") {
    // The sender at work may have looked for the last time just before this event was stored.
    timer = setTimeout(flush, FIRST_WAIT);
  } else if (outcome === "offline") {
    timer = setTimeout(flush, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  } else {
    wait = FIRST_WAIT;
  }
  window.dispatchEvent(new CustomEvent("linkbridge:sync", { detail: outcome }));
  return outcome;
}

async function sendAll() {
  let most = MOST_AT_ONCE;
  for (;;) {
    const events = await queue.waiting(most);
    if (events.length === 0) return "sent";
    let response;
    try {
      response = await fetch("/tablet/sync", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrfToken() },
        body: JSON.stringify({ sent_at: new Date().toISOString(), events }),
      });
    } catch {
      return "offline";
    }
    if (response.status === 413 && events.length > 1) {
      most = Math.ceil(events.length / 2); // kept conversations are large: fewer at once
      continue;
    }
    if (response.status === 401 || response.status === 403) return "refused";
    if (!response.ok) return "offline";
    const { results } = await response.json();
    await queue.settle(results);
    if (results.length === 0) return "offline";
  }
}
