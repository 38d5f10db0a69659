// The grid of a week. The lists below it are what is sent: the grid writes into them and follows what is typed there.

const DAY = 1440;
const OFF = 0;
const WORKING = 1;
const SIGNS = ["", "✓", "☎"];
const CLASSES = ["", "working", "on-call"];

const place = document.querySelector("[data-hours]");
const inputs = [...document.querySelectorAll("[data-day][data-kind]")];
const words = [place.dataset.off, place.dataset.working, place.dataset.onCall];
const grid = place.querySelector("table");
const cells = [];
let minutes = readAll();
let painting = null;

function inputOf(kind, day) {
  return inputs.find((one) => one.dataset.kind === kind && Number(one.dataset.day) === day);
}

function readAll() {
  const week = Array.from({ length: 7 }, () => new Uint8Array(DAY));
  for (const input of inputs) {
    const state = input.dataset.kind === "call" ? 2 : WORKING;
    for (const [start, end] of rangesIn(input.value)) {
      for (let at = start; at < end; at += 1) week[(Number(input.dataset.day) + (at >= DAY ? 1 : 0)) % 7][at % DAY] = state;
    }
  }
  return week;
}

function rangesIn(text) {
  const found = [];
  for (const part of text.split(/[,;\n]/)) {
    const match = /^\s*(\d{1,2})(?::?(\d{2}))?\s*[-–—]\s*(\d{1,2})(?::?(\d{2}))?\s*$/.exec(part);
    if (!match) continue;
    const start = Number(match[1]) * 60 + Number(match[2] ?? 0);
    const end = Number(match[3]) * 60 + Number(match[4] ?? 0);
    if (start < DAY && end <= DAY && start !== end) found.push([start, end > start ? end : end + DAY]);
  }
  return found;
}

function clock(minute) {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function textOf(day, state) {
  const ranges = [];
  for (let at = 0; at < DAY; at += 1) {
    if (minutes[day][at] !== state) continue;
    const start = at;
    while (at < DAY && minutes[day][at] === state) at += 1;
    ranges.push(`${clock(start)}-${clock(at)}`);
  }
  return ranges.join(", ");
}

function write() {
  for (const input of inputs) input.value = textOf(Number(input.dataset.day), input.dataset.kind === "call" ? 2 : WORKING);
}

function stateOf(day, hour) {
  const part = minutes[day].subarray(hour * 60, hour * 60 + 60);
  return part.every((one) => one === part[0]) ? part[0] : -1;
}

function show(day, hour) {
  const cell = cells[day][hour];
  const state = stateOf(day, hour);
  cell.className = state < 0 ? "partly" : CLASSES[state];
  cell.textContent = state < 0 ? "½" : SIGNS[state];
  const word = state < 0 ? place.dataset.partly : words[state];
  cell.setAttribute("aria-label", `${inputOf("work", day).dataset.name} ${clock(hour * 60)}: ${word}`);
}

function showAll() {
  for (let day = 0; day < 7; day += 1) for (let hour = 0; hour < 24; hour += 1) show(day, hour);
}

function brush() {
  return Number(place.querySelector("[name=brush]:checked").value);
}

function paint(cell, state) {
  const day = Number(cell.dataset.column);
  const hour = Number(cell.dataset.row);
  minutes[day].fill(state, hour * 60, hour * 60 + 60);
  show(day, hour);
}

function paintUpTo(cell) {
  // A quick finger jumps over cells: everything between the first and the last belongs to the stroke.
  const ends = [painting.cell, cell].map((one) => [Number(one.dataset.column), Number(one.dataset.row)]);
  const [left, right] = [ends[0][0], ends[1][0]].sort((a, b) => a - b);
  const [top, bottom] = [ends[0][1], ends[1][1]].sort((a, b) => a - b);
  for (let day = left; day <= right; day += 1) for (let hour = top; hour <= bottom; hour += 1) paint(cells[day][hour], painting.state);
}

function toggled(cell) {
  return stateOf(Number(cell.dataset.column), Number(cell.dataset.row)) === brush() ? OFF : brush();
}

function cellAt(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".hours-grid button");
}

function focus(day, hour) {
  grid.querySelector("[tabindex='0']").tabIndex = -1;
  cells[day][hour].tabIndex = 0;
  cells[day][hour].focus();
}

function build() {
  const head = grid.createTHead().insertRow();
  head.append(document.createElement("th"));
  for (let day = 0; day < 7; day += 1) {
    const name = document.createElement("th");
    name.scope = "col";
    name.textContent = inputOf("work", day).dataset.short;
    head.append(name);
    cells.push([]);
  }
  const body = grid.createTBody();
  for (let hour = 0; hour < 24; hour += 1) {
    const row = body.insertRow();
    const label = document.createElement("th");
    label.scope = "row";
    label.textContent = String(hour).padStart(2, "0");
    row.append(label);
    for (let day = 0; day < 7; day += 1) {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.tabIndex = day === 0 && hour === 8 ? 0 : -1;
      cell.dataset.column = String(day);
      cell.dataset.row = String(hour);
      row.insertCell().append(cell);
      cells[day].push(cell);
    }
  }
}

grid.addEventListener("pointerdown", (event) => {
  const cell = event.target.closest("button");
  if (!cell || event.button !== 0) return;
  cell.releasePointerCapture?.(event.pointerId);
  painting = { cell, state: toggled(cell), moved: false };
  if (event.pointerType === "mouse") paint(cell, painting.state);
});
grid.addEventListener("pointermove", (event) => {
  if (!painting) return;
  const cell = cellAt(event);
  if (!cell || (cell === painting.cell && !painting.moved)) return;
  if (!painting.moved) paint(painting.cell, painting.state);
  painting.moved = true;
  paintUpTo(cell);
});
// A finger that scrolls the page up or down paints nothing: the browser cancels the pointer then.
addEventListener("pointercancel", () => { painting = null; });
addEventListener("pointerup", (event) => {
  if (!painting) return;
  if (!painting.moved) paint(painting.cell, painting.state);
  const cell = painting.moved ? cellAt(event) : painting.cell;
  painting = null;
  write();
  if (cell) focus(Number(cell.dataset.column), Number(cell.dataset.row));
});
grid.addEventListener("keydown", (event) => {
  const cell = event.target.closest("button");
  if (!cell) return;
  let day = Number(cell.dataset.column);
  let hour = Number(cell.dataset.row);
  const forward = document.dir === "rtl" ? -1 : 1;
  if (event.key === " " || event.key === "Enter") {
    paint(cell, toggled(cell));
    write();
    event.preventDefault();
    return;
  }
  if (event.key === "ArrowUp") hour -= 1;
  else if (event.key === "ArrowDown") hour += 1;
  else if (event.key === "ArrowLeft") day -= forward;
  else if (event.key === "ArrowRight") day += forward;
  else return;
  event.preventDefault();
  focus((day + 7) % 7, (hour + 24) % 24);
});
document.querySelector("[data-hours-copy]").addEventListener("click", () => {
  for (let day = 1; day < 5; day += 1) minutes[day] = minutes[0].slice();
  showAll();
  write();
});
for (const input of inputs) {
  input.addEventListener("input", () => {
    minutes = readAll();
    showAll();
  });
}

build();
showAll();
place.hidden = false;
if (!document.querySelector("[data-hours-list] .invalid")) document.querySelector("[data-hours-list]").open = false;
