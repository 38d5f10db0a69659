// The person's own screen: the newest question, large, with closed answers, numbers and a box to write in.

import * as audio from "./audio.js";
import { translate } from "./conversation-client.js";
import { isNumbers, plainDigits, put } from "./conversation-view.js";

const find = (name) => document.querySelector(`[data-${name}]`);

/** Wires the person's screen. `answered` gets what they said; `listen` speaks a turn of the official. */
export function startPersonSide({ data, draw, machine, answered, listen }) {
  const { language } = document.body.dataset;
  const box = document.getElementById("person-text");
  let asked = null;
  let held = null;
  let working = null;

  const panel = (name) => {
    for (const one of ["reply", "held", "consent"]) find(one).hidden = one !== name;
    document.querySelector(".asked").hidden = !asked || name !== "reply";
  };

  const show = (turn) => {
    asked = turn;
    panel("reply");
    if (!turn) return;
    put(find("asked"), turn.translation, language, data.personDirection);
    if (!turn.mark) find("asked-mark").hidden = true;
    else draw.markFor(find("asked-mark"), draw.nameOf(turn), "person");
    find("say").hidden = !turn.audio && !data.canSpeak;
    find("voice-note").hidden = find("say").hidden || turn.audio.startsWith("/audio/recorded/");
  };

  const wait = (controller) => {
    working = controller;
    box.readOnly = controller !== null;
    find("waiting").hidden = controller === null;
  };

  const done = (turn) => {
    held = null;
    box.value = "";
    answered(turn);
  };

  const hold = (text, found) => {
    held = { original: text, translation: found.text ?? "", mark: found.mark ?? "refused", quality: found.quality ?? "refused", reasons: found.reasons ?? [found.problem], route: found.route ?? "", looks_like: found.looks_like ?? "" };
    put(find("held-original"), text, language, data.personDirection);
    draw.markFor(find("held-mark"), draw.nameOf(held), "person");
    find("meant").hidden = true;
    panel("held");
    if (held.translation) checkMeaning(held);
  };

  const checkMeaning = async (turn) => {
    const back = await translate(turn.translation, "person", { check: true });
    if (held !== turn || !back.text) return;
    put(find("meant-words"), back.text, language, data.personDirection);
    find("meant").hidden = false;
  };

  const send = async () => {
    const text = box.value.trim();
    if (!text || working) return;
    audio.stop();
    if (isNumbers(text)) { done({ original: text, translation: plainDigits(text), mark: "" }); return; }
    if (!machine.official) { hold(text, { problem: "no_route" }); return; }
    wait(new AbortController());
    const found = await translate(text, "official", { signal: working.signal });
    wait(null);
    if (found.problem === "cancelled") return;
    if (found.problem || found.quality !== "ok") hold(text, found);
    else done({ original: text, translation: found.text, mark: found.mark, quality: found.quality, reasons: found.reasons, route: found.route });
  };

  const change = () => {
    held = null;
    panel("reply");
    box.focus();
  };

  find("write").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  find("write").addEventListener("click", (event) => {
    const key = event.target.closest("[data-digit]");
    if (!key || box.readOnly) return;
    const digit = key.dataset.digit;
    const [from, to] = [box.selectionStart, box.selectionEnd];
    box.setRangeText(digit, digit || from !== to ? from : Math.max(0, from - 1), to, "end");
  });
  document.querySelector(".ask").addEventListener("click", (event) => {
    const closed = event.target.closest("[data-closed]");
    if (!closed || working) return;
    const answer = data.answers[Number(closed.dataset.closed)];
    audio.stop();
    done({ original: answer.person, translation: answer.official, mark: answer.mark, key: answer.key });
  });
  find("stop").addEventListener("click", () => working?.abort());
  find("held-send").addEventListener("click", () => done(held));
  find("held-change").addEventListener("click", change);
  find("say").addEventListener("click", async (event) => {
    if (await listen(asked, event.currentTarget) !== "ended") return;
    // Who cannot read hears the answers too; each lights up while it is spoken.
    for (const [index, answer] of data.answers.entries()) {
      if (!answer.audio || await audio.play(answer.audio, document.querySelector(`[data-closed="${index}"]`)) !== "ended") return;
    }
  });

  return {
    show,
    askConsent: () => panel("consent"),
    takeBack: (text) => { box.value = text; },
    clear: () => {
      working?.abort();
      asked = held = null;
      box.value = "";
      for (const name of ["asked", "held-original", "meant-words"]) find(name).textContent = "";
    },
  };
}
