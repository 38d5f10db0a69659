// The two-way conversation. What is said lives in this page's memory alone: it is gone when the page is.

import * as audio from "./audio.js";
import { directions, speak, translate } from "./conversation-client.js";
import { startKeeping } from "./conversation-keep.js";
import { startPersonSide } from "./conversation-person.js";
import { startPhrases } from "./conversation-phrases.js";
import { drawing } from "./conversation-view.js";
import { toast } from "./toast.js";

const find = (name) => document.querySelector(`[data-${name}]`);

/** Wires the page of the conversation. */
export function startConversation(actions) {
  const data = JSON.parse(find("conversation").textContent);
  const { words } = data;
  const draw = drawing(data);
  const turns = [];
  const box = document.getElementById("official-text");
  const button = find("translate");
  const machine = { person: true, official: true };
  let working = null;
  let copied = false;

  const say = (text) => { find("status").textContent = text; };
  const complain = (lines) => {
    find("problem").hidden = lines.length === 0;
    find("problem-words").textContent = lines.join(" ");
    find("bubbles").lastElementChild?.scrollIntoView({ block: "end" });
  };
  const newest = (side) => turns.findLast((turn) => turn.side === side) ?? null;

  const counted = () => {
    find("nothing-yet").hidden = turns.length > 0;
    for (const one of document.querySelectorAll("[data-when-said]")) one.disabled = turns.length === 0;
    find("bubbles").lastElementChild?.scrollIntoView({ block: "end" });
  };

  const add = (turn) => {
    const whole = { id: crypto.randomUUID(), at: new Date().toISOString(), quality: "ok", reasons: [], route: "", audio: "", key: "", ...turn };
    turns.push(whole);
    find("bubbles").append(draw.bubble(whole));
    counted();
  };

  const turnTo = (side) => {
    audio.stop();
    document.body.dataset.turn = side;
    if (side === "person") {
      personSide.show(newest("official"));
      document.getElementById("person").focus({ preventScroll: true });
    } else {
      document.getElementById(`turn-${turns.at(-1)?.id}`)?.focus({ preventScroll: true });
      find("bubbles").lastElementChild?.scrollIntoView({ block: "end" });
    }
  };

  const busy = (controller) => {
    working = controller;
    button.textContent = controller ? button.dataset.busyWords : button.dataset.idleWords;
    box.readOnly = controller !== null;
  };

  const send = async () => {
    const text = box.value.trim();
    if (working || !text) return;
    phrases.close();
    complain([]);
    if (!machine.person) { complain([data.reasons.no_route]); return; }
    busy(new AbortController());
    say(words.working);
    const found = await translate(text, "person", { signal: working.signal });
    busy(null);
    if (found.problem) {
      const cancelled = found.problem === "cancelled";
      say(cancelled ? words.cancelled : "");
      if (!cancelled) complain([data.reasons[found.problem] ?? data.problems[found.problem] ?? words[found.problem] ?? data.problems.other]);
      box.focus();
    } else if (found.quality === "refused") {
      say("");
      complain([words.refused, ...draw.reasonsOf(found)]);
      box.focus();
    } else {
      add({ side: "official", original: text, translation: found.text, ...labelOf(found) });
      said(found.quality === "suspect" ? words.suspect : words.ready);
    }
  };

  const said = (news) => {
    box.value = "";
    complain([]);
    say(news);
    document.querySelector('[data-turn-to="person"]').focus({ preventScroll: true });
  };

  const phrases = startPhrases({
    box, data, send, list: find("suggestions"), browse: find("browse"), mark: draw.sign, nothing: words.nothing_found,
    choose: (phrase) => {
      add({ side: "official", original: phrase.official, translation: phrase.person, mark: phrase.mark, audio: phrase.audio, key: phrase.key });
      said(words.chosen);
    },
  });

  find("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    if (working) working.abort(); else send();
  });

  const personSide = startPersonSide({
    data, draw, machine,
    answered: (turn) => {
      add({ side: "person", ...turn });
      complain([]);
      say(words.answered);
      turnTo("official");
    },
    listen: (turn, element) => listen(turn, element),
  });

  const listen = async (turn, element) => {
    if (element.classList.contains("playing")) { audio.stop(); return "stopped"; }
    const how = turn.audio ? await audio.play(turn.audio, element) : await speak(turn.translation, element);
    if (how === "failed") { say(words.no_voice); toast("noVoice", { problem: true }); }
    return how;
  };

  const check = async (turn, bubble, element) => {
    const back = bubble.querySelector(".back");
    back.hidden = false;
    back.textContent = words.checking;
    element.disabled = true;
    const fromPerson = turn.side === "person";
    const found = await translate(turn.translation, fromPerson ? "person" : "official", { check: true });
    element.disabled = false;
    if (!found.text) { back.textContent = words.back_none; return; }
    const [before, after] = words.back.split("{text}");
    const text = document.createElement("bdi");
    text.lang = fromPerson ? document.body.dataset.language : document.body.dataset.ui;
    text.textContent = found.text;
    back.replaceChildren(before, text, after);
  };

  const tools = {
    check,
    listen: (turn, _bubble, element) => listen(turn, element),
    show: (turn) => { turnTo("person"); personSide.show(turn); },
    copy: async (turn) => {
      await navigator.clipboard.writeText([turn.original, turn.translation].filter(Boolean).join("\n"));
      copied = true;
      say(words.copied);
    },
    "take-back": (turn, bubble) => {
      turns.splice(turns.indexOf(turn), 1);
      bubble.remove();
      counted();
      say(words.taken_back);
      if (turn.side === "person") { personSide.takeBack(turn.original); turnTo("person"); return; }
      box.value = turn.original;
      box.focus();
    },
  };
  find("bubbles").addEventListener("click", (event) => {
    const element = event.target.closest("[data-tool]");
    const bubble = event.target.closest("[data-turn]");
    const turn = bubble && turns.find((one) => one.id === bubble.dataset.turn);
    if (element && turn) tools[element.dataset.tool]?.(turn, bubble, element);
  });
  for (const one of document.querySelectorAll("[data-turn-to]")) one.addEventListener("click", () => turnTo(one.dataset.turnTo));

  const tryMachine = async () => {
    const found = await directions();
    machine.person = found?.to_person ?? true;
    machine.official = found?.to_official ?? true;
    const notice = find("no-machine");
    notice.hidden = Boolean(found && machine.person && machine.official);
    notice.textContent = !found ? words.offline : machine.person || machine.official ? words.one_way : words.no_machine;
    button.disabled = !machine.person;
  };
  window.addEventListener("online", tryMachine);
  window.addEventListener("offline", tryMachine);
  tryMachine();

  startKeeping({ data, turns, turnTo, say, personSide });
  guardLeaving(turns);
  const forget = () => {
    audio.stop();
    turns.length = 0;
    box.value = "";
    personSide.clear();
    find("bubbles").replaceChildren();
    counted();
    if (copied) navigator.clipboard.writeText("").catch(() => {});
  };
  window.addEventListener("linkbridge:finish", forget);
  window.addEventListener("pagehide", forget); // nothing waits in the browser's cache of pages
}

function labelOf({ mark, quality, reasons, route, looks_like }) {
  return { mark, quality, reasons, route, looks_like };
}

/** Asks before a link takes away what was said. "Finish and clear" and the idle tablet do not ask. */
function guardLeaving(turns) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || turns.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.querySelector("[data-leave]").href = link.href;
    document.getElementById("leave-dialog").showModal();
  }, { capture: true });
  document.querySelector("[data-leave]").addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(event.currentTarget.href);
  });
}
