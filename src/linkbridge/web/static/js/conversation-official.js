// The official's box: phrases that fit come first, then the machine. What is refused stays in the box.

import { directions, translate } from "./conversation-client.js";
import { startPhrases } from "./conversation-phrases.js";

const find = (name) => document.querySelector(`[data-${name}]`);

/** Wires the official's box. `add` takes what is to be shown; `machine` says in which directions it can translate. */
export function startOfficialSide({ data, draw, machine, add }) {
  const { words } = data;
  const box = document.getElementById("official-text");
  const button = find("translate");
  let working = null;

  const say = (text) => { find("status").textContent = text; };

  const complain = (lines) => {
    find("problem").hidden = lines.length === 0;
    find("problem-words").textContent = lines.join(" ");
    find("bubbles").lastElementChild?.scrollIntoView({ block: "end" });
  };

  const keepWriting = (news, lines) => {
    say(news);
    complain(lines);
    box.focus();
  };

  const show = (turn, news) => {
    add({ side: "official", ...turn });
    box.value = "";
    complain([]);
    say(news);
    document.querySelector('[data-turn-to="person"]').focus({ preventScroll: true });
  };

  const wait = (controller) => {
    working = controller;
    button.textContent = controller ? button.dataset.busyWords : button.dataset.idleWords;
    box.readOnly = controller !== null;
  };

  const send = async () => {
    const text = box.value.trim();
    if (working || !text) return;
    phrases.close();
    if (!machine.person) { keepWriting("", [data.reasons.no_route]); return; }
    complain([]);
    say(words.working);
    wait(new AbortController());
    const found = await translate(text, "person", { signal: working.signal });
    wait(null);
    if (found.problem === "cancelled") keepWriting(words.cancelled, []);
    else if (found.problem) keepWriting("", draw.reasonsOf({ reasons: [found.problem] }));
    else if (found.quality === "refused") keepWriting("", [words.refused, ...draw.reasonsOf(found)]);
    else {
      const { text: translation, ...label } = found;
      show({ original: text, translation, ...label }, found.quality === "suspect" ? words.suspect : words.ready);
    }
  };

  const phrases = startPhrases({
    box, data, send, list: find("suggestions"), browse: find("browse"), mark: draw.sign, nothing: words.nothing_found,
    choose: ({ official, person, mark, audio, key }) => show({ original: official, translation: person, mark, audio, key }, words.chosen),
  });

  find("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    if (working) working.abort(); else send();
  });

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

  return {
    say,
    complain,
    takeBack: (text) => { box.value = text; box.focus(); },
    clear: () => { working?.abort(); box.value = ""; },
  };
}
