// Keeps a conversation only when both want it: the official asks, the person answers in their language.

import * as encounters from "./encounter.js";
import { record } from "./record.js";

const PHRASE = "interface.keep-conversation";
const PURPOSE = "keep-conversation";

/** Wires the question to both. What both agree to keep is sealed on this tablet before it is sent. */
export function startKeeping({ data, turns, turnTo, say, personSide }) {
  const { ui, language } = document.body.dataset;
  const dialog = document.getElementById("keep-dialog");
  document.querySelector("[data-keep]").addEventListener("click", () => dialog.showModal());
  document.querySelector("[data-keep-ask]").addEventListener("click", () => {
    dialog.close();
    turnTo("person");
    personSide.askConsent();
  });
  for (const button of document.querySelectorAll("[data-consent-given]")) {
    button.addEventListener("click", async () => {
      const given = button.dataset.consentGiven === "yes";
      const encounter = encounters.open({ language, official: ui, training: document.documentElement.dataset.training === "yes" });
      const event = given
        ? { kind: "transcript", phrase_key: PHRASE, turns: turns.map(written) }
        : { kind: "consent", purpose: PURPOSE, given: false, phrase_key: PHRASE };
      try {
        await record(event, encounter);
        say(given ? data.words.kept : data.words.not_kept);
      } catch {
        say(data.words.keep_failed);
      }
      turnTo("official");
    });
  }
}

function written({ side, original, translation, mark, quality, reasons, key, at, plain }) {
  return { side, original, translation, mark: plain ? "" : mark, quality, reasons, phrase: key, at };
}
