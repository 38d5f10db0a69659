// The page of documents: choose, translate, look, take along. Document and result live in this page's memory alone.

import { fetchResult, forget, languages, translate } from "./documents-client.js";
import * as encounters from "./encounter.js";
import { csrfToken } from "./sync.js";

const find = (name) => document.querySelector(`[data-${name}]`);
const { ui } = document.body.dataset;
const { words, problems, endings, mostBytes, mostMb, keptMinutes } = JSON.parse(find("document-words").textContent);
const wanted = new URLSearchParams(location.search).get("to") ?? encounters.current()?.language ?? "";
const source = find("source");
const target = find("target");
let known = [];
let file = null;
let working = null;
let result = null;

const tell = (text) => { find("news").textContent = text; };
const fill = (text, values) => Object.entries(values).reduce((filled, [name, value]) => filled.replace(`{${name}}`, value), text);
const number = (value, options = {}) => new Intl.NumberFormat(ui, options).format(value);

/** The size of a file in words, as people count bytes. */
function size(bytes) {
  const unit = bytes < 1_000_000 ? "kilobyte" : "megabyte";
  const value = unit === "kilobyte" ? Math.max(1, Math.round(bytes / 1000)) : bytes / 1_000_000;
  return number(value, { style: "unit", unit, maximumFractionDigits: 1 });
}

function complain(code) {
  find("problem").hidden = !code;
  find("problem").textContent = code ? fill(problems[code] ?? problems.other, { endings, most: mostMb }) : "";
  if (code) find("problem").scrollIntoView({ block: "nearest" });
}

/** Shows one of the three states: order, working, result. */
function show(state) {
  for (const one of ["order", "working", "result"]) find(one).hidden = one !== state;
}

async function choose(files) {
  if (working || files.length === 0) return;
  if (known.length === 0) offerLanguages();
  complain(files.length > 1 ? "one_only" : "");
  if (files.length > 1) return;
  const [chosen] = files;
  const problem = await fault(chosen);
  if (problem) { complain(problem); return; }
  file = chosen;
  find("file-name").replaceChildren(Object.assign(document.createElement("bdi"), { textContent: file.name }));
  find("file-size").textContent = size(file.size);
  find("drop").classList.add("chosen");
}

async function fault(chosen) {
  if (chosen.size > mostBytes) return "too_large";
  try {
    const beginning = await chosen.slice(0, 1).arrayBuffer();
    return beginning.byteLength === 0 ? "empty" : "";
  } catch {
    return "unreadable";
  }
}

function unchoose() {
  file = null;
  find("file").value = "";
  find("drop").classList.remove("chosen");
  for (const name of ["file-name", "file-size"]) find(name).textContent = find(name).dataset.idleWords;
  find("working-name").textContent = "";
}

function option({ tag, name }) {
  return new Option(name, tag, false, false);
}

/** Offers the targets of the chosen source, and keeps the chosen one where it is among them. */
function offerTargets(preferred = target.value) {
  const from = known.find((language) => language.tag === source.value);
  const reached = new Set(from ? from.targets : known.flatMap((language) => language.targets));
  target.replaceChildren(...known.filter((language) => reached.has(language.tag)).map(option));
  for (const tag of [preferred, ui]) {
    if (reached.has(tag)) { target.value = tag; break; }
  }
  find("swap").disabled = !canSwap();
}

function canSwap() {
  const other = known.find((language) => language.tag === target.value);
  return Boolean(source.value && other?.targets.includes(source.value));
}

function swap() {
  const [from, to] = [source.value, target.value];
  source.value = to;
  offerTargets(from);
}

async function offerLanguages() {
  const found = await languages();
  const before = { source: source.value, target: target.value };
  known = found ?? [];
  for (const one of [source, target, find("translate")]) one.disabled = known.length === 0;
  source.replaceChildren(new Option(words.find_out, ""), ...known.filter((language) => language.targets.length > 0).map(option));
  const own = known.find((language) => language.tag === ui);
  const preferred = before.target || wanted || ui;
  source.value = before.source || (preferred !== ui && own?.targets.includes(preferred) ? ui : "");
  offerTargets(preferred);
  if (!found) complain("offline");
  else if (known.length === 0) complain("no_machine");
  else if (find("problem").textContent === problems.offline) complain("");
}

function progress(text, done, total) {
  find("progress").textContent = text;
  find("bar").max = total || 1;
  find("bar").value = done;
}

async function order() {
  if (working) return;
  if (!file) { complain("nothing_chosen"); find("file").focus(); return; }
  complain("");
  drop();
  working = new AbortController();
  find("working-name").textContent = file.name;
  progress(fill(words.sending, { done: size(0), total: size(file.size) }), 0, 1);
  show("working");
  // A tablet that works for its official is not left alone: what plays or works is not cleared as idle.
  find("working").classList.add("playing");
  find("cancel").focus();
  tell(words.started);
  const last = await translate(file, {
    source: source.value,
    target: target.value,
    signal: working.signal,
    sent: (done, total) => progress(done < total ? fill(words.sending, { done: size(done), total: size(total) }) : words.reading, done, total),
    line: (line) => {
      if (line.state !== "working") return;
      progress(fill(words.working, { done: number(line.done), total: number(line.total) }), line.done, line.total);
    },
  });
  working = null;
  find("working").classList.remove("playing");
  if (last.state === "done") { present(last); return; }
  show("order");
  find("translate").focus();
  if (last.problem === "cancelled") { tell(words.cancelled); return; }
  tell("");
  complain(last.problem);
}

function present(done) {
  result = { ...done, address: "", timer: setTimeout(expire, keptMinutes * 60_000) };
  find("result-name").textContent = done.name;
  for (const [name, count] of [["texts", done.texts], ["suspect", done.suspect], ["left", done.refused]]) find(name).textContent = number(count);
  find("suspect-row").classList.toggle("some", done.suspect > 0);
  find("left-row").classList.toggle("some", done.refused > 0);
  find("nothing").hidden = done.texts === 0 || done.refused < done.texts;
  find("open").hidden = !done.opens;
  find("open").querySelector("button").disabled = false;
  find("save").disabled = false;
  find("result-news").textContent = find("result-news").dataset.idleWords;
  show("result");
  find("result").focus();
  find("result").scrollIntoView({ block: "nearest" });
  tell(words.ready);
}

/** Saves the result; the server deletes its own as soon as all of it is here. */
async function save() {
  const saving = result;
  if (!saving.address) {
    find("save").disabled = true;
    find("result-news").textContent = words.fetching;
    const found = await fetchResult(saving.token);
    if (result !== saving) return;
    find("save").disabled = false;
    if (found.problem === "not_found") { expire(); return; }
    if (found.problem) {
      find("result-news").textContent = find("result-news").dataset.idleWords;
      complain(found.problem);
      return;
    }
    saving.address = URL.createObjectURL(found);
    clearTimeout(saving.timer);
    forget(saving.token);
    saving.token = "";
    find("open").querySelector("button").disabled = true;
  }
  complain("");
  const link = Object.assign(document.createElement("a"), { href: saving.address, download: saving.name });
  link.click();
  find("result-news").textContent = words.saved;
  tell(words.saved);
  find("save").focus();
}

/** Lets go of a result, here and on the server. */
function drop() {
  if (!result) return;
  clearTimeout(result.timer);
  if (result.token) forget(result.token);
  if (result.address) URL.revokeObjectURL(result.address);
  result = null;
  for (const name of ["result-name", "texts", "suspect", "left"]) find(name).textContent = "";
}

function expire() {
  drop();
  show("order");
  complain("not_found");
}

function again() {
  drop();
  unchoose();
  complain("");
  show("order");
  find("file").focus();
}

function clear() {
  working?.abort();
  drop();
  unchoose();
  show("order");
}

find("file").addEventListener("change", (event) => choose([...event.target.files]));
find("order").addEventListener("submit", (event) => { event.preventDefault(); order(); });
find("cancel").addEventListener("click", () => working?.abort());
find("save").addEventListener("click", save);
find("again").addEventListener("click", again);
find("swap").addEventListener("click", swap);
source.addEventListener("change", () => offerTargets());
target.addEventListener("change", () => { find("swap").disabled = !canSwap(); });
find("open").addEventListener("submit", (event) => {
  event.target.csrf_token.value = csrfToken();
  event.target.token.value = result.token;
});

// The whole page takes a file: one that misses the field would replace the page.
const dropping = (on) => {
  find("drop").classList.toggle("over", on);
  if (!file) find("file-name").textContent = on ? words.drop : find("file-name").dataset.idleWords;
};
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  dropping(!find("order").hidden);
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) dropping(false); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  dropping(false);
  if (!find("order").hidden) choose([...event.dataTransfer.files]);
});

if (wanted && wanted !== ui) {
  find("back").hidden = false;
  find("back").href = `/tablet/${ui}/${encodeURIComponent(wanted)}/conversation`;
}
window.addEventListener("online", offerLanguages);
window.addEventListener("linkbridge:finish", clear);
window.addEventListener("pagehide", clear); // nothing waits in the browser's cache of pages
offerLanguages();
