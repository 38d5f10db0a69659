// The page of a call: the microphone's check, the buttons, and one connection to each other side. Nothing is recorded.
import { CallPeer } from "./call-peer.js";

const root = document.querySelector("[data-call]");
const configuration = JSON.parse(root.dataset.ice);
const videos = root.querySelector("[data-videos]");
const level = root.querySelector("[data-level]");
const peers = new Map();
const button = (name) => root.querySelector(`[data-do="${name}"]`);
const FINAL = new Map([[4409, "replaced"], [4410, "ended"], [4403, "ended"]]);

let stream = null;
let socket = null;
let myId = "";
let meter = 0;
let inside = false;
let tries = 0;

function show(state) {
  root.dataset.state = state;
}

async function openMicrophone() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
  } catch {
    show("denied");
    return false;
  }
  watchLevel();
  return true;
}

function closeMicrophone() {
  clearInterval(meter);
  level.value = 0;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  for (const name of ["mute", "camera"]) button(name)?.setAttribute("aria-pressed", "false");
}

function watchLevel() {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  addEventListener("pointerdown", () => context.resume());
  addEventListener("keydown", () => context.resume());
  meter = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    level.value = Math.min(1, 4 * Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length));
  }, 100);
}

function refreshState() {
  if (!inside) return;
  const states = [...peers.values()].map((peer) => peer.state);
  if (socket?.readyState !== WebSocket.OPEN && !states.includes("connected")) show("reconnecting");
  else if (!states.length) show("waiting");
  else if (states.every((state) => state === "connected")) show("connected");
  else if (states.some((state) => state === "disconnected" || state === "failed")) show("reconnecting");
  else show("connecting");
}

function play(peer, track, remote) {
  let player = videos.querySelector(`${track.kind}[data-peer="${peer.id}"]`);
  if (!player) {
    player = document.createElement(track.kind);
    player.dataset.peer = peer.id;
    player.autoplay = true;
    player.playsInline = true;
    if (track.kind === "video") player.muted = true;
    videos.append(player);
  }
  player.srcObject = track.kind === "audio" ? new MediaStream([track]) : remote;
  if (track.kind === "video") track.onmute = () => player.remove();
}

function drop(id) {
  peers.get(id)?.close();
  peers.delete(id);
  for (const player of videos.querySelectorAll(`[data-peer="${id}"]`)) player.remove();
}

function meet(others) {
  const present = new Set(others.map((other) => other.id));
  for (const id of [...peers.keys()]) if (!present.has(id)) drop(id);
  for (const { id } of others) peers.get(id) ?? add(id);
  const parties = new Set([root.dataset.own, ...others.map((other) => other.party)]);
  for (const line of root.querySelectorAll("[data-party]")) {
    line.classList.toggle("here", parties.has(line.dataset.party));
    if (parties.has(line.dataset.party)) line.hidden = false;
  }
  refreshState();
}

function add(id) {
  const send = (body) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ to: id, body }));
  };
  const peer = new CallPeer({ id, polite: myId < id, configuration, stream, send, onTrack: play, onState: refreshState });
  peers.set(id, peer);
  return peer;
}

function connect() {
  const mine = new WebSocket(new URL(root.dataset.call, location.href.replace(/^http/, "ws")));
  socket = mine;
  mine.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      myId = message.id;
      tries = 0;
      for (const id of [...peers.keys()]) drop(id);
    } else if (message.type === "peers") {
      meet(message.peers);
    } else if (message.type === "signal") {
      // Who is told of first is there. A message of somebody who has left since must not bring them back.
      peers.get(message.from)?.receive(message.body);
    }
  };
  mine.onclose = ({ code }) => {
    if (!inside || mine !== socket) return;
    if (FINAL.has(code)) {
      stop(FINAL.get(code));
      return;
    }
    refreshState();
    setTimeout(() => inside && connect(), Math.min(10_000, 500 * 2 ** tries++));
  };
}

function arrange(isOver = false) {
  button("join").hidden = inside || isOver;
  for (const name of ["mute", "camera", "leave"]) if (button(name)) button(name).hidden = !inside;
}

function stop(state) {
  inside = false;
  for (const id of [...peers.keys()]) drop(id);
  for (const line of root.querySelectorAll("[data-party]")) line.classList.remove("here");
  closeMicrophone();
  arrange(state === "ended");
  show(state);
}

async function toggleCamera() {
  const old = stream.getVideoTracks()[0];
  if (old) {
    old.stop();
    stream.removeTrack(old);
    for (const peer of peers.values()) {
      for (const sender of peer.connection.getSenders()) if (sender.track === old) peer.connection.removeTrack(sender);
    }
  } else {
    const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 640 } }).catch(() => null);
    const track = camera?.getVideoTracks()[0];
    if (!track) return;
    stream.addTrack(track);
    for (const peer of peers.values()) peer.connection.addTrack(track, stream);
  }
  button("camera").setAttribute("aria-pressed", String(!old));
}

button("join").addEventListener("click", async () => {
  if (inside || (!stream && !(await openMicrophone()))) return;
  inside = true;
  arrange();
  show("waiting");
  connect();
});
button("mute").addEventListener("click", () => {
  const [track] = stream.getAudioTracks();
  track.enabled = !track.enabled;
  button("mute").setAttribute("aria-pressed", String(!track.enabled));
});
button("camera")?.addEventListener("click", toggleCamera);
button("leave").addEventListener("click", () => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "leave" }));
  else socket?.close();
  stop("left");
});
openMicrophone();
