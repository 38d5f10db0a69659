// Finds the phrases that fit what the official types, and offers them before any machine is asked.

const MOST = 6;
const LEAST_SHARE = 0.6;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** The phrases that hold most of the typed words, the best first. A word counts from its beginning. */
export function findPhrases(phrases, typed) {
  const wanted = wordsOf(typed);
  if (wanted.join("").length < 2) return [];
  const found = [];
  for (const phrase of phrases) {
    phrase.words ??= wordsOf(phrase.official);
    let points = 0;
    let hits = 0;
    for (const word of wanted) {
      if (phrase.words.includes(word)) { points += 3; hits += 1; }
      else if (phrase.words.some((other) => other.startsWith(word))) { points += 2; hits += 1; }
    }
    if (hits / wanted.length < LEAST_SHARE) continue;
    if (fold(phrase.official).startsWith(fold(typed).trim())) points += 5;
    found.push({ phrase, points: points / wanted.length - phrase.words.length / 100 });
  }
  return found.sort((a, b) => b.points - a.points).slice(0, MOST).map((one) => one.phrase);
}

/** Wires the list of phrases to the official's box. `choose` gets the phrase, `send` the text when none was chosen. */
export function startPhrases({ box, list, browse, data, mark, choose, send, nothing }) {
  let offered = [];
  let active = -1;
  const isBrowsing = () => browse.getAttribute("aria-pressed") === "true";

  const activate = (index) => {
    active = index;
    [...list.children].forEach((option, other) => option.setAttribute("aria-selected", String(other === active)));
    const option = list.children[active];
    if (option) {
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  };

  const show = () => {
    const typed = box.value.trim();
    offered = isBrowsing() && !typed ? data.phrases : findPhrases(data.phrases, typed);
    const rows = offered.map((phrase, index) => {
      const option = document.createElement("li");
      option.id = `phrase-${index}`;
      option.setAttribute("role", "option");
      option.append(mark(phrase.mark), line("offer-official", phrase.official), line("offer-person", phrase.person, data));
      return option;
    });
    if (isBrowsing() && rows.length === 0) {
      const none = line("offer-official", nothing);
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      rows.push(none);
    }
    list.replaceChildren(...rows);
    list.hidden = rows.length === 0;
    activate(-1);
  };

  const close = () => {
    browse.setAttribute("aria-pressed", "false");
    list.hidden = true;
    activate(-1);
  };

  const pick = (index) => {
    const phrase = offered[index];
    if (!phrase) return;
    close();
    choose(phrase);
  };

  box.addEventListener("input", show);
  browse.addEventListener("click", () => {
    if (!list.hidden && isBrowsing()) { close(); return; }
    browse.setAttribute("aria-pressed", "true");
    show();
    box.focus();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick([...list.children].indexOf(option));
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && (!list.hidden || step > 0) && !event.altKey) {
      if (list.hidden) { browse.setAttribute("aria-pressed", "true"); show(); }
      if (offered.length === 0) return;
      event.preventDefault();
      activate((active + step + offered.length + (active < 0 && step < 0 ? 1 : 0)) % offered.length);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (active >= 0) pick(active); else send();
    }
  });
  return { close };
}

function line(name, text, data) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  if (data) { element.lang = document.body.dataset.language; element.dir = data.personDirection; }
  return element;
}
