// Draws what was said: the bubbles of both sides, and their marks in words and shape.

const NUMBERS = /^[\p{N}\p{P}\p{Zs}+]*\p{N}[\p{N}\p{P}\p{Zs}+]*$/u;

/** Whether a text is numbers alone, which need no translation. */
export const isNumbers = (text) => NUMBERS.test(text);

/** The same numbers in the digits 0 to 9. */
export function plainDigits(text) {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0);
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1;
    return String(code - zero);
  });
}

/** Puts words with their language and direction into an element. */
export function put(element, text, tag, direction) {
  element.textContent = text;
  element.lang = tag;
  element.dir = direction;
}

/** Returns the drawing of bubbles and marks for a page's data. */
export function drawing(data) {
  const { ui, language } = document.body.dataset;
  const pattern = document.querySelector("template[data-bubble]");

  const sign = (name) => {
    const element = document.createElement("span");
    const mark = data.marks[name];
    element.className = `mark short ${mark.style}`;
    element.dataset.sign = mark.sign;
    element.title = mark.official;
    element.textContent = data.short[name];
    return element;
  };

  const nameOf = (turn) => (turn.quality === "suspect" ? "suspect" : turn.mark);

  // Shows a mark for one side.
  const markFor = (element, name, side) => {
    const mark = data.marks[name];
    element.className = `mark ${mark.style}`;
    element.dataset.sign = mark.sign;
    element.hidden = false;
    if (side === "person") put(element, mark.person, mark.person_tag, data.personDirection);
    else put(element, mark.official, ui, data.officialDirection);
  };

  const reasonsOf = (turn) => {
    const lines = turn.reasons.map((code) => data.reasons[code] ?? data.problems[code] ?? data.words[code] ?? data.problems.other);
    return turn.looks_like ? [...lines, data.words.looks_like.replace("{language}", turn.looks_like)] : lines;
  };

  const marked = (element, turn) => {
    if (!turn.mark) { element.className = "mark plain"; element.dataset.sign = "#"; put(element, data.words.same, ui, data.officialDirection); return; }
    const mark = data.marks[nameOf(turn)];
    markFor(element, nameOf(turn), "official");
    if (turn.mark === "refused") element.textContent = data.words.untranslated;
    const words = Object.assign(document.createElement("span"), { textContent: element.textContent });
    const theirs = document.createElement("span");
    put(theirs, mark.person, mark.person_tag, data.personDirection);
    element.replaceChildren(words, theirs);
  };

  const bubble = (turn) => {
    const element = pattern.content.firstElementChild.cloneNode(true);
    const fromPerson = turn.side === "person";
    element.id = `turn-${turn.id}`;
    element.dataset.turn = turn.id;
    element.classList.add(`from-${turn.side}`);
    element.tabIndex = -1;
    const own = [turn.original, fromPerson ? language : ui, fromPerson ? data.personDirection : data.officialDirection];
    const other = [turn.translation, fromPerson ? ui : language, fromPerson ? data.officialDirection : data.personDirection];
    put(element.querySelector(".original"), ...own);
    put(element.querySelector(".translation"), ...other);
    element.querySelector(".translation").hidden = !turn.translation || turn.translation === turn.original;
    marked(element.querySelector(".mark"), turn);
    const why = element.querySelector(".why");
    const lines = turn.route ? [...reasonsOf(turn), data.words.way.replace("{route}", turn.route)] : reasonsOf(turn);
    why.replaceChildren(...lines.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    why.hidden = lines.length === 0;
    const speaks = !fromPerson && (turn.audio || data.canSpeak);
    const hide = { check: turn.mark !== "machine", listen: !speaks, show: fromPerson, human: turn.quality === "ok" };
    for (const [name, hidden] of Object.entries(hide)) if (hidden) element.querySelector(`[data-tool="${name}"]`).remove();
    return element;
  };

  return { bubble, sign, markFor, nameOf, reasonsOf };
}
