// A notice: one phrase at a time or all, its voice, and the person's answer.

import * as audio from "./audio.js";
import * as encounters from "./encounter.js";
import { record } from "./record.js";
import { csrfToken } from "./sync.js";
import { toast } from "./toast.js";

const root = document.documentElement;

/** Wires the notice page; `askForInterpreter` records that wish and shows what follows. */
export function startNotice(actions, askForInterpreter) {
  const { notice, version, status, language, ui } = document.body.dataset;
  const phrases = [...document.querySelectorAll(".phrase")];
  const progress = document.querySelector("[data-progress]");
  let place = 0;
  let speakingAll = false;

  const isAll = () => root.dataset.mode === "all";
  const shown = (phrase) => encounters.note(notice, "shown", phrase.dataset.phrase);

  const show = (index) => {
    place = Math.min(phrases.length - 1, Math.max(0, index));
    phrases.forEach((phrase, other) => phrase.classList.toggle("current", other === place));
    for (const line of document.querySelectorAll("[data-for]")) {
      line.hidden = isAll() || line.dataset.for !== phrases[place].dataset.phrase;
    }
    document.querySelector("[data-for-all]").hidden = !isAll();
    progress.textContent = progress.dataset.progress.replace("{number}", place + 1).replace("{total}", phrases.length);
    disable("previous", place === 0 || isAll());
    disable("next", place === phrases.length - 1 || isAll());
    if (!isAll()) shown(phrases[place]);
  };

  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) if (isAll() && entry.isIntersecting) shown(entry.target);
  }, { threshold: 0.75 });
  phrases.forEach((phrase) => observer.observe(phrase));

  const setMode = (all) => {
    if (all) root.dataset.mode = "all"; else delete root.dataset.mode;
    sessionStorage.setItem("linkbridge.mode", all ? "all" : "one");
    const button = document.querySelector('[data-action="mode"]');
    button.textContent = all ? button.dataset.one : button.dataset.all;
    button.setAttribute("aria-pressed", String(all));
    show(place);
  };

  const listenAll = async () => {
    if (speakingAll) { audio.stop(); return; }
    speakingAll = true;
    press("listen-all", true);
    for (let index = isAll() ? 0 : place; index < phrases.length; index += 1) {
      show(index);
      if (isAll()) phrases[index].scrollIntoView({ block: "center" });
      const button = phrases[index].querySelector("[data-audio]");
      if (!button) continue;
      const how = await audio.play(button.dataset.audio, button);
      if (how === "failed") { toast("noVoice", { problem: true }); break; }
      if (how === "stopped") break;
      encounters.note(notice, "played", phrases[index].dataset.phrase);
      if (index === phrases.length - 1) await speakAnswers();
    }
    speakingAll = false;
    press("listen-all", false);
  };

  const speakAnswers = async () => {
    for (const button of document.querySelectorAll(".answer[data-audio]")) {
      if (await audio.play(button.dataset.audio, button) !== "ended") return;
    }
  };

  const answer = async (button) => {
    const given = button.dataset.answer;
    const encounter = encounters.open({ language, official: ui, training: root.dataset.training === "yes" });
    const seen = encounter.seen[notice] ?? { shown: [], played: [] };
    const event = { kind: "acknowledgement", answer: given, notice, version, status, shown: seen.shown, played: seen.played };
    audio.stop();
    if (given === "wants-interpreter") {
      await askForInterpreter(event);
    } else {
      try {
        await record(event, encounter);
      } catch {
        toast("failed", { problem: true });
        return;
      }
      const line = navigator.onLine ? "noted" : "kept";
      toast(line, { also: given === "not-understood" ? ["explain"] : [] });
    }
    encounters.remember(notice, given);
    markAnswer(given);
  };

  const markAnswer = (given) => {
    for (const button of document.querySelectorAll(".answer")) button.setAttribute("aria-pressed", String(button.dataset.answer === given));
    for (const note of document.querySelectorAll("[data-note]")) note.hidden = note.dataset.note !== given;
  };

  document.querySelector(".answer-buttons").addEventListener("click", (event) => {
    const button = event.target.closest("[data-answer]");
    if (button) answer(button);
  });

  const step = (by) => {
    audio.stop();
    show(place + by);
    phrases[place].scrollIntoView({ block: "nearest" });
  };
  actions.previous = () => step(-1);
  actions.next = () => step(1);
  actions.mode = () => setMode(!isAll());
  actions["listen-all"] = listenAll;
  actions.copy = () => copy();

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("dialog, input, select, button") || event.altKey || event.ctrlKey || event.metaKey) return;
    const forward = root.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = root.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    if (event.key === forward) actions.next();
    if (event.key === backward) actions.previous();
  });

  const copy = () => {
    const encounter = encounters.current();
    if (document.body.dataset.pdf === "no" || !navigator.onLine || !encounter) { window.print(); return; }
    const form = document.querySelector("[data-receipt]");
    form.csrf_token.value = csrfToken();
    form.code.value = encounter.code;
    form.answer.value = encounter.answers[notice] ?? "";
    form.training.value = encounter.training ? "yes" : "";
    document.getElementById("copy-dialog").showModal();
  };
  document.querySelector("[data-receipt]").addEventListener("submit", () => document.getElementById("copy-dialog").close());

  setMode(isAll());
  const before = encounters.current()?.answers[notice];
  if (before) markAnswer(before);
}

function disable(action, off) {
  const button = document.querySelector(`[data-action="${action}"]`);
  if (off && document.activeElement === button) document.getElementById("person").focus();
  button.disabled = off;
}

function press(action, on) {
  document.querySelector(`[data-action="${action}"]`)?.setAttribute("aria-pressed", String(on));
}
