// Counts down to the end of an offer by the server's clock. The moment itself stands beside it in words. Where there is a
// ring, it shows how much of the time is left: by an attribute of the drawing, which the security policy allows.
const LATE = 0.2;

function fill(ring, share) {
  const rest = Math.min(1, Math.max(0, share || 0));
  ring.querySelector("[data-rest]").setAttribute("stroke-dashoffset", (100 * (1 - rest)).toFixed(1));
  ring.classList.toggle("late", rest <= LATE);
}

function show(note, start) {
  const left = note.querySelector("[data-left]");
  const ends = Date.parse(note.dataset.expires);
  const now = Date.parse(note.dataset.now) + performance.now() - start;
  const seconds = Math.max(0, Math.floor((ends - now) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, "0");
  left.textContent = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
  left.hidden = false;
  const ring = note.querySelector("[data-ring]");
  if (ring) fill(ring, (ends - now) / (ends - Date.parse(note.dataset.sent)));
  return seconds > 0;
}

export function countDown(root) {
  const notes = [...root.querySelectorAll("[data-expires]")];
  if (!notes.length) return () => {};
  const start = performance.now();
  const tick = () => {
    const running = notes.filter((note) => note.isConnected).map((note) => show(note, start));
    if (!running.some(Boolean)) clearInterval(timer);
  };
  const timer = setInterval(tick, 1000);
  tick();
  return () => clearInterval(timer);
}

countDown(document);
