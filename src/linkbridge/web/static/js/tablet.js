// The tablet's pages: everything that happens without the server.

import * as audio from "./audio.js";
import * as encounters from "./encounter.js";
import { watchIdle } from "./idle.js";
import * as interpreter from "./interpreter.js";
import { startNotice } from "./notice.js";
import { prepare, watchReadiness } from "./offline.js";
import * as queue from "./queue.js";
import { record } from "./record.js";
import { flush } from "./sync.js";
import { hideToast, toast } from "./toast.js";

const { page, ui, language, idle } = document.body.dataset;
const root = document.documentElement;

/** Leaves for another page without a way back: the next person must not find this one's. */
function go(address) {
  location.replace(address);
}

async function finish(reason) {
  audio.stop();
  const encounter = encounters.current();
  if (encounter) {
    try {
      await record({ kind: "finish", reason }, encounter);
    } catch { /* the answers are kept already; only the time of the end is lost */ }
  }
  encounters.clear();
  interpreter.forget();
  window.dispatchEvent(new Event("linkbridge:finish"));
  sessionStorage.setItem("linkbridge.cleared", "yes");
  go(`/tablet/${ui}/`);
}

async function askForInterpreter(notice) {
  const encounter = encounters.open({ language: language || null, official: ui, training: root.dataset.training === "yes" });
  try {
    const id = await record(notice ?? { kind: "acknowledgement", answer: "wants-interpreter", notice: null, version: "", status: "" }, encounter);
    hideToast();
    interpreter.follow(id);
  } catch {
    toast("failed", { problem: true });
  }
  document.getElementById("interpreter-dialog").showModal();
}

function turn() {
  const turned = root.dataset.turned !== "yes";
  if (turned) root.dataset.turned = "yes"; else delete root.dataset.turned;
  sessionStorage.setItem("linkbridge.turned", turned ? "yes" : "no");
  pressed("turn", turned);
}

function resize(step) {
  const size = Number.parseFloat(getComputedStyle(root).getPropertyValue("--person-text"));
  const next = Math.min(64, Math.max(20, size + step));
  root.style.setProperty("--person-text", `${next}px`);
  localStorage.setItem("linkbridge.text", String(next));
}

function contrast() {
  const on = root.dataset.scheme !== "contrast";
  if (on) root.dataset.scheme = "contrast"; else delete root.dataset.scheme;
  localStorage.setItem("linkbridge.scheme", on ? "contrast" : "");
  pressed("contrast", on);
}

function pressed(action, on) {
  for (const button of document.querySelectorAll(`[data-action="${action}"]`)) button.setAttribute("aria-pressed", String(on));
}

const actions = {
  turn,
  smaller: () => resize(-4),
  larger: () => resize(4),
  contrast,
  finish: () => finish("finished"),
  interpreter: () => askForInterpreter(),
  prepare,
  send: flush,
  print: () => window.print(),
  "close-dialog": (button) => button.closest("dialog").close(),
};

document.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-action], [data-audio]:not(.answer), a[data-nav]");
  if (!target) return;
  if (target.matches("a[data-nav]")) {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    go(target.href);
  } else if (target.dataset.action) {
    actions[target.dataset.action]?.(target);
  } else if (target.classList.contains("playing")) {
    audio.stop();
  } else {
    const how = await audio.play(target.dataset.audio, target);
    if (how === "failed") toast("noVoice", { problem: true });
    const phrase = target.closest("[data-phrase]");
    if (how === "ended" && phrase && document.body.dataset.notice) {
      encounters.note(document.body.dataset.notice, "played", phrase.dataset.phrase);
    }
  }
});

async function showQueue() {
  const { waiting, refused } = await queue.counts();
  for (const badge of document.querySelectorAll("[data-queue]")) badge.hidden = waiting === 0;
  for (const count of document.querySelectorAll("[data-queue-count], [data-queue-total]")) count.textContent = waiting;
  const warning = document.querySelector("[data-refused]");
  if (warning) {
    warning.hidden = refused === 0;
    warning.querySelector("[data-refused-list]").textContent = (await queue.refusals()).join(", ");
  }
}

function showConnection(reached) {
  for (const element of document.querySelectorAll("[data-offline-note]")) element.hidden = reached;
}

// The browser only knows whether there is a network, not whether the server answers in it.
async function tryConnection() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    await answer.text();
    showConnection(answer.ok);
  } catch {
    showConnection(false);
  }
}

window.addEventListener("linkbridge:queue", showQueue);
window.addEventListener("linkbridge:sync", (event) => { if (event.detail === "offline") showConnection(false); });
window.addEventListener("online", () => { tryConnection(); flush(); });
window.addEventListener("offline", () => showConnection(false));

pressed("turn", root.dataset.turned === "yes");
pressed("contrast", root.dataset.scheme === "contrast");
if (language) encounters.open({ language, official: ui, training: root.dataset.training === "yes" });
if (sessionStorage.getItem("linkbridge.cleared") === "yes") {
  sessionStorage.removeItem("linkbridge.cleared");
  toast("cleared");
}
if (page === "notice") startNotice(actions, askForInterpreter);
if (page === "languages") import("./languages.js").then(({ startLanguages }) => startLanguages());
if (page === "conversation") import("./conversation.js").then(({ startConversation }) => startConversation());
if (page === "settings") import("./settings.js").then(({ startSettings }) => startSettings(actions));
watchIdle(Number(idle), () => encounters.current() !== null, () => finish("idle"));
interpreter.watch();
tryConnection();
showQueue();
flush();
watchReadiness(JSON.parse(document.body.dataset.readinessWords));
