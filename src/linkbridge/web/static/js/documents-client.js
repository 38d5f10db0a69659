// Sends a document to the server, hears how far it is, and fetches what became of it.

import { csrfToken } from "./sync.js";

const { ui } = document.body.dataset;
const address = (more = "") => `/tablet/${ui}/documents${more}`;

/** The languages between which documents can be translated now, or null when the server does not answer. */
export async function languages() {
  try {
    const response = await fetch(address(".json"), { cache: "no-store", headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).languages : null;
  } catch {
    return null;
  }
}

/** Translates a file. `sent` hears how many bytes went, `line` what the server says. Resolves to its last word, or to `{ problem }`. */
export function translate(file, { source, target, sent, line, signal }) {
  const asked = new URLSearchParams(source ? { source, target } : { target });
  return new Promise((resolve) => {
    // Only this old way of asking tells how much of a body has gone.
    const request = new XMLHttpRequest();
    let read = 0;
    let last = null;
    const hear = () => {
      const whole = request.responseText.lastIndexOf("\n") + 1;
      const lines = request.responseText.slice(read, whole).split("\n").filter(Boolean);
      read = Math.max(read, whole);
      for (const one of lines) {
        last = JSON.parse(one);
        line(last);
      }
    };
    request.open("POST", `${address()}?${asked}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.setRequestHeader("X-Document-Name", encodeURIComponent(file.name.toWellFormed?.() ?? file.name));
    request.upload.onprogress = (event) => sent(event.loaded, event.total);
    request.onprogress = () => { if (request.status === 200) hear(); };
    request.onerror = () => resolve({ problem: request.responseText || navigator.onLine ? "interrupted" : "offline" });
    request.onabort = () => resolve({ problem: "cancelled" });
    request.onload = () => {
      if (request.status !== 200) { resolve({ problem: codeOf(request.responseText) }); return; }
      hear();
      resolve(last?.state === "done" || last?.state === "failed" ? last : { problem: "interrupted" });
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Fetches a result as a Blob, or `{ problem }`. */
export async function fetchResult(token) {
  try {
    const response = await post("/result", token);
    return response.ok ? await response.blob() : { problem: codeOf(await response.text()) };
  } catch {
    return { problem: navigator.onLine ? "interrupted" : "offline" };
  }
}

/** Lets the server delete a result now, also from a page that is being left. */
export async function forget(token) {
  try {
    await post("/forget", token, { keepalive: true });
  } catch { /* it is deleted in half an hour */ }
}

function post(path, token, options = {}) {
  const body = new URLSearchParams({ csrf_token: csrfToken(), token });
  return fetch(address(path), { method: "POST", cache: "no-store", headers: { Accept: "application/json" }, body, ...options });
}

function codeOf(text) {
  try {
    return JSON.parse(text).error.code;
  } catch {
    return "other";
  }
}
