// Sound as numbers: reading what was recorded or chosen, finding where somebody speaks, measuring, and writing a WAV.

export const RATE = 48_000;
/** What is sent: a voice needs no more, and a phone's connection carries half. */
const SENT_RATE = 24_000;
const FRAME = RATE / 50;
const MARGIN = 0.15;
const BELOW_SPEECH = 10 ** (-35 / 20);
// The weighting of ITU-R BS.1770-4 at 48,000 samples a second, as the server uses it (phrasebook/loudness.py).
const STAGES = [
  [[1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585]],
  [[1, -2, 1], [1, -1.99004745483398, 0.99007225036621]],
];

/** Reads a file or a recording as one channel. Rejects when the browser cannot play it. */
export async function decode(blob, rate = RATE) {
  const context = new OfflineAudioContext(1, 1, rate);
  const buffer = await context.decodeAudioData(await blob.arrayBuffer());
  const mixed = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const data = buffer.getChannelData(channel);
    for (let index = 0; index < data.length; index += 1) mixed[index] += data[index] / buffer.numberOfChannels;
  }
  return mixed;
}

/** The highest sample. */
export function peak(samples) {
  let highest = 0;
  for (const sample of samples) highest = Math.max(highest, Math.abs(sample));
  return highest;
}

/** From when to when somebody speaks, in seconds, with a little before and after. */
export function spoken(samples) {
  const powers = [];
  for (let start = 0; start + FRAME <= samples.length; start += FRAME) {
    let sum = 0;
    for (let index = start; index < start + FRAME; index += 1) sum += samples[index] ** 2;
    powers.push(Math.sqrt(sum / FRAME));
  }
  const sorted = [...powers].sort((one, other) => one - other);
  const threshold = (sorted[Math.floor(sorted.length * 0.95)] ?? 0) * BELOW_SPEECH;
  const first = powers.findIndex((power) => power > threshold);
  const last = powers.findLastIndex((power) => power > threshold);
  const length = samples.length / RATE;
  if (first < 0) return { start: 0, end: length };
  return { start: Math.max(0, first / 50 - MARGIN), end: Math.min(length, (last + 1) / 50 + MARGIN) };
}

/** Integrated loudness in LUFS, as EBU R 128 measures it; minus infinity for silence. */
export async function loudness(samples) {
  if (samples.length === 0) return -Infinity;
  const context = new OfflineAudioContext(1, samples.length, RATE);
  const source = new AudioBufferSourceNode(context, { buffer: asBuffer(samples) });
  const filters = STAGES.map(([feedforward, feedback]) => new IIRFilterNode(context, { feedforward, feedback }));
  source.connect(filters[0]).connect(filters[1]).connect(context.destination);
  source.start();
  const weighted = (await context.startRendering()).getChannelData(0);
  const block = Math.min(RATE * 0.4, weighted.length);
  let powers = [];
  for (let start = 0; start + block <= weighted.length; start += RATE / 10) {
    let sum = 0;
    for (let index = start; index < start + block; index += 1) sum += weighted[index] ** 2;
    powers.push(sum / block);
  }
  powers = powers.filter((power) => power > 10 ** ((-70 + 0.691) / 10));
  const mean = average(powers);
  return -0.691 + 10 * Math.log10(average(powers.filter((power) => power > mean / 10)));
}

/** A part of what was recorded, in seconds, as a WAV file of 16 bits. */
export async function wav(blob, start, end) {
  const samples = (await decode(blob, SENT_RATE)).subarray(Math.round(start * SENT_RATE), Math.round(end * SENT_RATE));
  const bytes = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, letters) => [...letters].forEach((letter, index) => bytes.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, SENT_RATE, true);
  bytes.setUint32(28, SENT_RATE * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  text(36, "data");
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => bytes.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true));
  return new Blob([bytes], { type: "audio/wav" });
}

/** Samples as the browser's sound functions take them. */
export function asBuffer(samples) {
  const buffer = new AudioBuffer({ length: Math.max(1, samples.length), sampleRate: RATE });
  buffer.copyToChannel(samples, 0);
  return buffer;
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
