// The microphone: records, shows how loud it is meanwhile, and lets go of it as soon as it is not needed.

/** Records until `stop` is called or `mostSeconds` are over; `heard` is told level and seconds as they come. */
export class Recorder {
  #recorder = null;
  #mostSeconds;
  #heard;

  constructor(mostSeconds, heard) {
    this.#mostSeconds = mostSeconds;
    this.#heard = heard;
  }

  /** Whether this browser can record at all. */
  static get isPossible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder && window.OfflineAudioContext);
  }

  get isRecording() {
    return this.#recorder?.state === "recording";
  }

  stop() {
    if (this.isRecording) this.#recorder.stop();
  }

  /** Resolves to the recording. Rejects when there is no microphone or it may not be used. `started`: it records. */
  async record(started) {
    // The level is set afterwards, for the whole reading at once: an automatic one would pump between the words.
    const audio = { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const context = new AudioContext();
    try {
      const analyser = new AnalyserNode(context, { fftSize: 2048 });
      context.createMediaStreamSource(stream).connect(analyser);
      const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 128_000 });
      this.#recorder = recorder;
      const parts = [];
      const ended = new Promise((resolve, reject) => {
        recorder.ondataavailable = (event) => parts.push(event.data);
        recorder.onstop = resolve;
        recorder.onerror = () => reject(new Error("recorder"));
      });
      recorder.start();
      started();
      this.#watch(analyser, performance.now());
      await ended;
      return new Blob(parts, { type: recorder.mimeType });
    } finally {
      for (const track of stream.getTracks()) track.stop();
      await context.close();
    }
  }

  #watch(analyser, began) {
    if (!this.isRecording) return;
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    const seconds = (performance.now() - began) / 1000;
    this.#heard(samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0), seconds);
    if (seconds >= this.#mostSeconds) this.stop();
    else requestAnimationFrame(() => this.#watch(analyser, began));
  }
}
