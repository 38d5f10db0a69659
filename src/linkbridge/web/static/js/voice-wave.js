// The picture of a recording, with two handles between which it is kept. The handles are range inputs: keys move them.

import { peak } from "./voice-sound.js";

const SHORTEST = 0.2;
const HANDLE = 28;

/** Shows recordings in `root`; `moved` is told after a handle was moved. */
export class Wave {
  #root;
  #canvas;
  #start;
  #end;
  #say;
  #samples = new Float32Array();
  #highest = 1;
  #played = null;

  constructor(root, say, moved) {
    this.#root = root;
    this.#say = say;
    [this.#canvas, this.#start, this.#end] = ["canvas", "[data-start]", "[data-end]"].map((part) => root.querySelector(part));
    for (const handle of [this.#start, this.#end]) {
      handle.addEventListener("input", () => { this.#keepApart(handle); this.#tell(); this.draw(); });
      handle.addEventListener("change", moved);
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** From when to when it is kept, in seconds. */
  get kept() {
    return { start: Number(this.#start.value), end: Number(this.#end.value) };
  }

  /** Shows a recording, kept from `start` to `end`. */
  show(samples, rate, { start, end }) {
    this.#samples = samples;
    this.#highest = peak(samples);
    for (const handle of [this.#start, this.#end]) handle.max = (samples.length / rate).toFixed(2);
    this.#start.value = start.toFixed(2);
    this.#end.value = end.toFixed(2);
    this.#root.hidden = false;
    this.#tell();
    this.draw();
  }

  /** Shows how far it has been played, in seconds; `null` when it is not. */
  playedTo(seconds) {
    this.#played = seconds;
    this.draw();
  }

  draw() {
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    const colours = getComputedStyle(this.#root);
    const colour = (name) => colours.getPropertyValue(name).trim();
    const total = Number(this.#end.max) || 1;
    const { start, end } = this.kept;
    // The middle of a handle travels between half its width from either edge: the picture lies there too.
    const edge = (HANDLE / 2) * (width / (this.#root.clientWidth || width));
    const inner = width - 2 * edge;
    context.clearRect(0, 0, width, height);
    const step = this.#samples.length / inner;
    const scale = height / Math.max(0.01, this.#highest);
    for (let x = 0; x < inner; x += 3) {
      let highest = 0;
      for (let index = Math.floor(x * step); index < (x + 3) * step; index += 1) highest = Math.max(highest, Math.abs(this.#samples[index] ?? 0));
      const at = (x / inner) * total;
      context.fillStyle = at < start || at > end ? colour("--line") : colour("--accent");
      context.globalAlpha = at < start || at > end ? 0.4 : 1;
      const tall = Math.max(2, highest * scale);
      context.fillRect(edge + x, (height - tall) / 2, 2, tall);
    }
    context.globalAlpha = 1;
    if (this.#played !== null) {
      context.fillStyle = colour("--ink");
      context.fillRect(edge + (this.#played / total) * inner, 0, 3, height);
    }
  }

  #keepApart(handle) {
    const { start, end } = this.kept;
    if (end - start >= SHORTEST) return;
    if (handle === this.#start) this.#start.value = String(Math.max(0, end - SHORTEST));
    else this.#end.value = String(start + SHORTEST);
  }

  #tell() {
    for (const handle of [this.#start, this.#end]) handle.setAttribute("aria-valuetext", this.#say("seconds", { seconds: handle.value }));
  }
}
