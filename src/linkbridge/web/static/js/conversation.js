// The two-way conversation. What is said lives in this page's memory alone: it is gone when the page is.

import * as audio from "./audio.js";
import { speak, translate } from "./conversation-client.js";
import { startKeeping } from "./conversation-keep.js";
import { startOfficialSide } from "./conversation-official.js";
import { startPersonSide } from "./conversation-person.js";
import { drawing } from "./conversation-view.js";
import { toast } from "./toast.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const NEW_TURN = { quality: "ok", reasons: [], route: "", looks_like: "", audio: "", key: "" };

/** Wires the page of the conversation. */
export function startConversation() {
  const data = JSON.parse(find("conversation").textContent);
  const { words } = data;
  const { ui, language } = document.body.dataset;
  const draw = drawing(data);
  const machine = { person: true, official: true };
  const turns = [];
  let copied = false;

  const newest = (side) => turns.filter((turn) => !side || turn.side === side).slice(-1)[0] ?? null;

  const counted = () => {
    find("nothing-yet").hidden = turns.length > 0;
    for (const one of document.querySelectorAll("[data-when-said]")) one.disabled = turns.length === 0;
    find("bubbles").lastElementChild?.scrollIntoView({ block: "end" });
  };

  const add = (turn) => {
    const whole = { id: crypto.randomUUID(), at: new Date().toISOString(), ...NEW_TURN, ...turn };
    turns.push(whole);
    find("bubbles").append(draw.bubble(whole));
    counted();
  };

  const turnTo = (side, turn = newest("official")) => {
    audio.stop();
    document.body.dataset.turn = side;
    if (side === "person") {
      person.show(turn);
      document.getElementById("person").focus({ preventScroll: true });
    } else {
      document.getElementById(`turn-${newest()?.id}`)?.focus({ preventScroll: true });
      find("bubbles").lastElementChild?.scrollIntoView({ block: "end" });
    }
  };

  const listen = async (turn, element) => {
    if (element.classList.contains("playing")) { audio.stop(); return "stopped"; }
    const how = turn.audio ? await audio.play(turn.audio, element) : await speak(turn.translation, element);
    if (how === "failed") { official.say(words.no_voice); toast("noVoice", { problem: true }); }
    return how;
  };

  const official = startOfficialSide({ data, draw, machine, add });
  const person = startPersonSide({
    data, draw, machine, listen,
    answered: (turn) => {
      add({ side: "person", ...turn });
      official.complain([]);
      official.say(words.answered);
      turnTo("official");
    },
  });

  const check = async (turn, bubble, element) => {
    const back = bubble.querySelector(".back");
    const [to, tag] = turn.side === "person" ? ["person", language] : ["official", ui];
    back.hidden = false;
    back.textContent = words.checking;
    element.disabled = true;
    const found = await translate(turn.translation, to, { check: true });
    element.disabled = false;
    if (!found.text) { back.textContent = words.back_none; return; }
    const [before, after] = words.back.split("{text}");
    back.replaceChildren(before, Object.assign(document.createElement("bdi"), { lang: tag, textContent: found.text }), after);
  };

  const copy = async (turn) => {
    await navigator.clipboard.writeText([turn.original, turn.translation].filter(Boolean).join("\n"));
    copied = true;
    official.say(words.copied);
  };

  const takeBack = (turn, bubble) => {
    turns.splice(turns.indexOf(turn), 1);
    bubble.remove();
    counted();
    official.say(words.taken_back);
    if (turn.side === "official") { official.takeBack(turn.original); return; }
    person.takeBack(turn.original);
    turnTo("person");
  };

  const tools = { check, copy, "take-back": takeBack, show: (turn) => turnTo("person", turn), listen: (turn, _bubble, element) => listen(turn, element) };
  find("bubbles").addEventListener("click", (event) => {
    const element = event.target.closest("[data-tool]");
    const bubble = event.target.closest("[data-turn]");
    const turn = bubble && turns.find((one) => one.id === bubble.dataset.turn);
    if (element && turn) tools[element.dataset.tool]?.(turn, bubble, element);
  });
  for (const one of document.querySelectorAll("[data-turn-to]")) one.addEventListener("click", () => turnTo(one.dataset.turnTo));

  const forget = () => {
    audio.stop();
    turns.length = 0;
    official.clear();
    person.clear();
    find("bubbles").replaceChildren();
    counted();
    if (copied) navigator.clipboard.writeText("").catch(() => {});
  };
  window.addEventListener("linkbridge:finish", forget);
  window.addEventListener("pagehide", forget); // nothing waits in the browser's cache of pages
  startKeeping({ data, turns, turnTo, say: official.say, askConsent: person.askConsent });
  guardLeaving(turns);
}

/** Asks before a link takes away what was said. "Finish and clear" and the idle tablet do not ask. */
function guardLeaving(turns) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || turns.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    find("leave").href = link.href;
    document.getElementById("leave-dialog").showModal();
  }, { capture: true });
  find("leave").addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(event.currentTarget.href);
  });
}
