// Keeps a conversation only when both want it: the official asks, the person answers in their language.

import * as encounters from "./encounter.js";
import { record } from "./record.js";

const PHRASE = "interface.keep-conversation";
const PURPOSE = "keep-conversation";
const MOST_LETTERS = 150_000; // sealed, and in the widest script, that is still less than the server takes at once

/** Wires the question to both. What both agree to keep is sealed on this tablet before it is sent. */
export function startKeeping({ data, turns, turnTo, say, askConsent }) {
  const { ui, language } = document.body.dataset;
  const dialog = document.getElementById("keep-dialog");
  document.querySelector("[data-keep]").addEventListener("click", () => dialog.showModal());
  document.querySelector("[data-keep-ask]").addEventListener("click", () => {
    dialog.close();
    turnTo("person");
    askConsent();
  });
  for (const button of document.querySelectorAll("[data-consent-given]")) {
    button.addEventListener("click", async () => {
      const given = button.dataset.consentGiven === "yes";
      const encounter = encounters.open({ language, official: ui, training: document.documentElement.dataset.training === "yes" });
      const event = given
        ? { kind: "transcript", phrase_key: PHRASE, turns: turns.map(written) }
        : { kind: "consent", purpose: PURPOSE, given: false, phrase_key: PHRASE };
      try {
        if (JSON.stringify(event).length > MOST_LETTERS) throw new Error("too long to be sent");
        await record(event, encounter);
        say(given ? data.words.kept : data.words.not_kept);
      } catch {
        say(data.words.keep_failed);
      }
      turnTo("official");
    });
  }
}

function written({ side, original, translation, mark, quality, reasons, key, at }) {
  return { side, original, translation, mark, quality, reasons, phrase: key, at };
}
