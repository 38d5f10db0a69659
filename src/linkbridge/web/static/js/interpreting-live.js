// Keeps a part of the page up to date while it is looked at. Nothing is replaced under a finger or a focus.
import { countDown } from "./countdown.js";

const region = document.querySelector("[data-live]");
let stopCounting = () => {};

// A card that has the focus gets it again after a change; anything else that is in use is left alone.
function isTouched() {
  const focused = document.activeElement;
  const isInUse = region.contains(focused) && !focused.dataset.card;
  return isInUse || region.matches(":active") || region.querySelector("details[open]");
}

async function refresh() {
  if (document.hidden || isTouched()) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" }, redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    document.documentElement.removeAttribute("data-lost");
    if (!fresh || isTouched() || without(fresh) === without(region)) return;
    const focused = region.contains(document.activeElement) ? document.activeElement.dataset.card : null;
    region.replaceChildren(...fresh.childNodes);
    if (focused) region.querySelector(`[data-card="${focused}"]`)?.focus({ preventScroll: true });
    stopCounting();
    stopCounting = countDown(region);
  } catch {
    document.documentElement.setAttribute("data-lost", "");
  }
}

// What changes at every look, the server's clock and the form's token, is no reason to replace anything.
function without(node) {
  const copy = node.cloneNode(true);
  for (const left of copy.querySelectorAll("[data-left], [data-ring]")) left.remove();
  for (const note of copy.querySelectorAll("[data-now]")) note.removeAttribute("data-now");
  return copy.innerHTML;
}

if (region) setInterval(refresh, Number(region.dataset.every) * 1000);
