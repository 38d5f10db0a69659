// Counts down to the end of an offer by the server's clock. The moment itself stands beside it in words.

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
