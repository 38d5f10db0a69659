// Asks the server for translations and voices. Nothing of them is kept: not here, and not there.

import * as audio from "./audio.js";
import { csrfToken } from "./sync.js";

const { ui, language } = document.body.dataset;

async function post(path, body, accept, signal) {
  return fetch(`/tablet/${ui}/${path}`, {
    method: "POST",
    cache: "no-store",
    headers: { "Content-Type": "application/json", Accept: accept, "X-CSRF-Token": csrfToken() },
    body: JSON.stringify(body),
    signal,
  });
}

/** Translates a text to "person" or "official". Resolves to the labelled translation, or to `{ problem: code }`. */
export async function translate(text, to, { signal, check = false } = {}) {
  try {
    const response = await post("translate", { text, to, language, check }, "application/json", signal);
    if (response.ok) return await response.json();
    return { problem: (await response.json()).error.code };
  } catch (error) {
    return { problem: error.name === "AbortError" ? "cancelled" : error instanceof TypeError ? "offline" : "other" };
  }
}

/** In which directions the machine works now, or null when the server does not answer. */
export async function directions() {
  try {
    const response = await fetch(`/tablet/${ui}/${language}/conversation.json`, { cache: "no-store", headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Speaks words that are no phrase. Resolves as `audio.play` does. */
export async function speak(text, element) {
  audio.stop();
  element.classList.add("playing");
  let address = "";
  try {
    const response = await post("speak", { text, language }, "audio/mpeg");
    if (!response.ok) return "failed";
    address = URL.createObjectURL(await response.blob());
    return await audio.play(address, element);
  } catch {
    return "failed";
  } finally {
    element.classList.remove("playing");
    if (address) URL.revokeObjectURL(address);
  }
}
