// Reading a phrase aloud: record or choose a file, listen, cut its ends off, save. Without this, a file can be sent.

import { Recorder } from "./voice-recorder.js";
import { asBuffer, decode, loudness, peak, RATE, spoken, wav } from "./voice-sound.js";
import { Wave } from "./voice-wave.js";

const TARGET = -18;
const TOO_QUIET = -50;
const CLIPPED = 0.99;

const form = document.querySelector("[data-voice-form]");
const part = (name) => form.querySelector(`[data-${name}]`);
const [recordButton, stopButton, listenButton, saveButton] = ["record", "stop", "listen", "save"].map(part);
const mostSeconds = Number(form.dataset.mostSeconds);
const meter = part("meter");
const clock = part("clock");
const wave = new Wave(part("wave"), words, () => measure());
const recorder = new Recorder(mostSeconds, (level, seconds) => {
  meter.value = level;
  clock.textContent = words("seconds", { seconds: seconds.toFixed(1) });
});
let reading = null;
let player = null;
let measured = -Infinity;

function words(name, values = {}) {
  const text = form.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`];
  return text.replace(/\{(\w+)\}/g, (_, value) => values[value]);
}

function say(name, { isProblem = false } = {}) {
  const status = part("status");
  status.textContent = name ? words(name) : "";
  status.classList.toggle("banner", isProblem);
  status.classList.toggle("danger", isProblem);
}

async function record() {
  stopPlaying();
  recordButton.disabled = true;
  listenButton.disabled = true;
  try {
    const blob = await recorder.record(() => {
      stopButton.disabled = false;
      stopButton.focus();
      say("recording");
    });
    form.sound.value = "";
    await take(blob);
  } catch {
    say("refused", { isProblem: true });
  } finally {
    const hadFocus = document.activeElement === stopButton;
    stopButton.disabled = true;
    recordButton.disabled = false;
    meter.value = 0;
    if (hadFocus || document.activeElement === document.body) (reading ? listenButton : recordButton).focus();
  }
}

async function take(blob) {
  let samples;
  try {
    samples = await decode(blob);
  } catch {
    reading = null;
    listenButton.disabled = true;
    say("unreadable", { isProblem: true });
    return;
  }
  reading = { blob, samples };
  listenButton.disabled = false;
  wave.show(samples, RATE, spoken(samples));
  await measure();
}

/** Says how loud the kept part is and what will be made of it. */
async function measure() {
  const { start, end } = wave.kept;
  const kept = keptSamples();
  measured = await loudness(kept);
  clock.textContent = words("seconds", { seconds: (end - start).toFixed(1) });
  part("level-text").textContent = Number.isFinite(measured)
    ? words("level", { before: `${measured.toFixed(1)} LUFS`, after: `${TARGET} LUFS` }) : "";
  if (end - start > mostSeconds) say("long", { isProblem: true });
  else if (!(measured > TOO_QUIET)) say("quiet", { isProblem: true });
  else if (peak(kept) >= CLIPPED) say("clipped", { isProblem: true });
  else say("ready");
}

function keptSamples() {
  const { start, end } = wave.kept;
  return reading.samples.subarray(Math.round(start * RATE), Math.round(end * RATE));
}

/** Plays the kept part as loud as it will be saved. */
function listen() {
  if (player) { stopPlaying(); return; }
  const { start, end } = wave.kept;
  const context = new AudioContext();
  const gain = new GainNode(context, { gain: Number.isFinite(measured) ? 10 ** ((TARGET - measured) / 20) : 1 });
  const source = new AudioBufferSourceNode(context, { buffer: asBuffer(keptSamples()) });
  source.connect(gain).connect(context.destination);
  source.onended = stopPlaying;
  source.start();
  player = { context, source };
  const began = context.currentTime;
  const follow = () => {
    if (player?.context !== context) return;
    wave.playedTo(Math.min(end, start + context.currentTime - began));
    requestAnimationFrame(follow);
  };
  follow();
}

function stopPlaying() {
  if (!player) return;
  const { context, source } = player;
  player = null;
  source.onended = null;
  source.stop();
  context.close();
  wave.playedTo(null);
}

async function save(event) {
  if (!reading) return;
  event.preventDefault();
  stopPlaying();
  if (!form.agreed.checked) {
    say("agree", { isProblem: true });
    form.agreed.focus();
    return;
  }
  const { start, end } = wave.kept;
  if (end - start > mostSeconds) { say("long", { isProblem: true }); return; }
  saveButton.disabled = true;
  say("saving");
  const body = new FormData(form);
  try {
    body.set("sound", await wav(reading.blob, start, end), "reading.wav");
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    if (response.type === "opaqueredirect") {
      location.assign(form.dataset.saved);
      return;
    }
    const { error } = await response.json();
    const known = { conflict: "changed", "sound-silent": "silent", "sound-long": "long" };
    say(known[error.code] ?? known[error.params.problem] ?? "failed", { isProblem: true });
  } catch {
    say("failed", { isProblem: true });
  }
  saveButton.disabled = false;
}

if (Recorder.isPossible) {
  part("recorder").hidden = false;
  recordButton.addEventListener("click", record);
  stopButton.addEventListener("click", () => recorder.stop());
  listenButton.addEventListener("click", listen);
  form.sound.addEventListener("change", () => { if (form.sound.files.length) take(form.sound.files[0]); });
  form.addEventListener("submit", save);
}
