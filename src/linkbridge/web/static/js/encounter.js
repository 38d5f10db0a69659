// The encounter that is going on at this tablet. It lives in this tab alone and is gone after "finish and clear".

const KEY = "linkbridge.encounter";
const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aiou";

/** Three pronounceable words for 48 random bits (proquints, arXiv:0901.4016), as the server makes them. */
export function newCode() {
  const numbers = crypto.getRandomValues(new Uint16Array(3));
  return Array.from(numbers, (value) =>
    CONSONANTS[(value >> 12) & 15] + VOWELS[(value >> 10) & 3] + CONSONANTS[(value >> 6) & 15]
    + VOWELS[(value >> 4) & 3] + CONSONANTS[value & 15]).join("-");
}

/** A random id of 32 hexadecimal digits: the key by which the server knows a repeat. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The encounter under way, or null. */
export function current() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

function save(encounter) {
  sessionStorage.setItem(KEY, JSON.stringify(encounter));
  return encounter;
}

/** The encounter under way, begun now if there is none; `language` is the person's latest choice. */
export function open({ language, official, training }) {
  const encounter = current() ?? {
    code: newCode(), startedAt: new Date().toISOString(), language: null, official, training, seen: {}, answers: {},
  };
  if (language) encounter.language = language;
  encounter.official = official;
  return save(encounter);
}

/** Notes that a phrase was shown or played in full. */
export function note(notice, what, phrase) {
  const encounter = current();
  if (!encounter) return;
  const seen = (encounter.seen[notice] ??= { shown: [], played: [] });
  if (!seen[what].includes(phrase)) seen[what].push(phrase);
  save(encounter);
}

/** Remembers the answer to a notice, for the page and its receipt. */
export function remember(notice, answer) {
  const encounter = current();
  encounter.answers[notice] = answer;
  save(encounter);
}

/** The head that every event repeats of its encounter. */
export function head(encounter) {
  return {
    code: encounter.code,
    started_at: encounter.startedAt,
    language: encounter.language,
    official_language: encounter.official,
    training: encounter.training,
  };
}

/** Forgets everything of the encounter in this tab. */
export function clear() {
  for (const key of [KEY, "linkbridge.turned", "linkbridge.mode"]) sessionStorage.removeItem(key);
}
