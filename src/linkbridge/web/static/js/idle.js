// A tablet that nobody touches clears itself: first a question, then the wipe.

const WARNING_SECONDS = 30;

/** Calls `wipe` after `seconds` without a touch while `isActive()`; asks "are you still there?" before. */
export function watchIdle(seconds, isActive, wipe) {
  const dialog = document.getElementById("idle-dialog");
  const text = dialog.querySelector("[data-idle-text]");
  let last = Date.now();
  const touched = () => { last = Date.now(); };
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, touched, { capture: true, passive: true });
  }
  dialog.addEventListener("close", touched);
  setInterval(() => {
    if (!isActive()) return touched();
    if (document.querySelector(".playing")) return touched();
    const left = Math.ceil(seconds - (Date.now() - last) / 1000);
    if (left <= 0) return wipe();
    if (left <= Math.min(WARNING_SECONDS, seconds / 2)) {
      text.textContent = text.dataset.idleText.replace("{seconds}", left);
      if (!dialog.open) dialog.showModal();
    }
  }, 500);
}
