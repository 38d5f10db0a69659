// Switches alerts on and off in this browser. The list of browsers and its buttons work without it.

const SCOPE = "/staff/alerts/";
const section = document.querySelector("[data-alerts]");

function show(state) {
  for (const part of section.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
}

async function digestOf(text) {
  const octets = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

function keyBytes() {
  const text = atob(section.dataset.key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function base64url(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// A subscription needs a worker that has started; the page itself lies outside of what the worker looks after.
async function activeWorker() {
  const registration = await navigator.serviceWorker.register(`${SCOPE}worker.js`, { scope: SCOPE });
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active && worker) {
    await new Promise((resolve) => {
      worker.addEventListener("statechange", () => { if (worker.state === "activated") resolve(); });
    });
  }
  return registration;
}

async function current() {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function subscribe() {
  const { pushManager } = await activeWorker();
  const options = { userVisibleOnly: true, applicationServerKey: keyBytes() };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // One that was made with an earlier key of the server stands in the way.
    const earlier = error.name === "InvalidStateError" ? await pushManager.getSubscription() : null;
    if (!earlier) throw error;
    await earlier.unsubscribe();
    return pushManager.subscribe(options);
  }
}

async function switchOn(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) === "denied") return show("blocked");
    const subscription = await subscribe();
    form.elements.endpoint.value = subscription.endpoint;
    form.elements.p256dh.value = base64url(subscription.getKey("p256dh"));
    form.elements.auth.value = base64url(subscription.getKey("auth"));
    form.submit();
  } catch {
    show("failed");
    form.hidden = false;
  } finally {
    button.disabled = false;
  }
  return undefined;
}

async function start() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return show("unsupported");
  }
  section.querySelector("form").addEventListener("submit", switchOn);
  const subscription = await current();
  const digest = subscription && (await digestOf(subscription.endpoint));
  const here = digest && document.querySelector(`[data-browser="${digest}"]`);
  if (here) {
    here.querySelector("[data-here]").hidden = false;
    here.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      await subscription.unsubscribe().catch(() => false);
      event.target.submit();
    });
    return show("on");
  }
  return show(Notification.permission === "denied" ? "blocked" : "off");
}

if (section) start();
