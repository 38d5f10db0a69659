// One voice at a time.

let player = null;
let stopCurrent = null;

/** Whether something is being spoken. */
export function isPlaying() {
  return stopCurrent !== null;
}

/** Stops what is being spoken. */
export function stop() {
  stopCurrent?.("stopped");
}

/** Speaks a file. Resolves to "ended", "stopped" or "failed"; marks `element` meanwhile. */
export function play(url, element) {
  stop();
  player ??= new Audio();
  return new Promise((resolve) => {
    const finish = (how) => {
      player.onended = player.onerror = null;
      player.pause();
      element?.classList.remove("playing");
      stopCurrent = null;
      resolve(how);
    };
    stopCurrent = finish;
    element?.classList.add("playing");
    player.onended = () => finish("ended");
    player.onerror = () => finish("failed");
    player.src = url;
    player.play().catch(() => finish("failed"));
  });
}
