// The tablet's service worker: keeps the pages, files and voices of the site, verified, and answers when the server cannot.

const META = "linkbridge-meta";
const FILES = "linkbridge-files";
const PAGES = "linkbridge-pages-";
const READY = "/tablet/.ready";
const PATIENCE = 2_500;
const FILE_PATHS = ["/static/", "/audio/", "/pictogram/", "/fonts/"];
let preparing = null;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data?.type !== "prepare") return;
  preparing ??= prepare(event.data).finally(() => { preparing = null; });
  // A page that was loaded while this worker was starting is nobody's yet: it must be heard and served all the same.
  event.waitUntil(Promise.all([self.clients.claim(), preparing]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (FILE_PATHS.some((prefix) => url.pathname.startsWith(prefix))) {
    event.respondWith(fileFirst(request));
  } else if (request.mode === "navigate" && url.pathname.startsWith("/tablet")) {
    event.respondWith(networkFirst(request, url));
  }
});

async function readyState() {
  const found = await (await caches.open(META)).match(READY);
  return found ? found.json() : null;
}

async function tell(news) {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(news);
}

// Files have their hash in the address: what is kept can never be the wrong one.
async function fileFirst(request) {
  const kept = await (await caches.open(FILES)).match(request.url);
  if (!kept) return fetch(request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  return range ? part(kept, Number(range[1]), range[2]) : kept;
}

async function part(response, start, wantedEnd) {
  const body = await response.arrayBuffer();
  const end = wantedEnd === "" ? body.byteLength - 1 : Math.min(Number(wantedEnd), body.byteLength - 1);
  return new Response(body.slice(start, end + 1), {
    status: 206,
    headers: {
      "Content-Type": response.headers.get("Content-Type") ?? "application/octet-stream",
      "Content-Range": `bytes ${start}-${end}/${body.byteLength}`,
      "Content-Length": String(end - start + 1),
    },
  });
}

// The server's page if it comes in time; else the kept one. A refusal of the server is its answer, not a failure.
async function networkFirst(request, url) {
  const online = fetch(request).then((response) => (response.status >= 500 ? Promise.reject(new Error("server")) : response));
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("late")));
  try {
    return await Promise.race([online, late]);
  } catch {
    return (await keptPage(url)) ?? online;
  }
}

async function keptPage(url) {
  const ready = await readyState();
  if (!ready) return null;
  const pages = await caches.open(PAGES + ready.version);
  const page = await pages.match(url.pathname);
  if (page) return page;
  return url.pathname.replace(/\/$/, "") === "/tablet" ? Response.redirect(`/tablet/${ready.ui}/`) : null;
}

async function prepare({ ui, signKey }) {
  const before = await readyState();
  if (before) await tell({ state: "ready", date: before.date });
  let manifest;
  try {
    manifest = await fetchManifest(ui);
    await checkSignature(manifest, signKey);
  } catch (error) {
    if (!before) await tell({ state: error.message === "forged" ? "forged" : "offline" });
    return;
  }
  if (before && before.version === manifest.version && before.ui === ui && await isComplete(manifest)) return;
  const pages = await caches.open(PAGES + manifest.version);
  const files = await caches.open(FILES);
  let done = 0;
  try {
    for (const entry of manifest.entries) {
      await keep(entry, entry.kind === "page" ? pages : files);
      done += 1;
      if (done % 10 === 0 || done === manifest.entries.length) {
        await tell({ state: before ? "updating" : "working", done, total: manifest.entries.length });
      }
    }
  } catch (error) {
    await tell({ state: before ? "ready" : error.name === "QuotaExceededError" ? "full" : "interrupted", done, total: manifest.entries.length, date: before?.date });
    return;
  }
  const ready = { version: manifest.version, date: manifest.content_date, ui };
  await (await caches.open(META)).put(READY, new Response(JSON.stringify(ready)));
  await dropOthers(manifest);
  await tell({ state: "ready", date: ready.date });
}

async function fetchManifest(ui) {
  for (;;) {
    const response = await fetch(`/tablet/offline/${ui}.json`, { cache: "no-store" });
    if (response.status === 202) {
      const { prepared, total } = await response.json();
      await tell({ state: "server", done: prepared, total });
      continue;
    }
    if (!response.ok) throw new Error("offline");
    return response.json();
  }
}

// An entry counts as kept only when its bytes have the hash that the signed manifest names.
async function keep(entry, cache) {
  if (await cache.match(entry.url)) return;
  const response = await fetch(entry.url, { cache: "no-store" });
  if (!response.ok) throw new Error("interrupted");
  const body = await response.arrayBuffer();
  if (await sha256(body) !== entry.sha256) throw new Error("changed");
  await cache.put(entry.url, new Response(body, { headers: { "Content-Type": response.headers.get("Content-Type") } }));
}

async function isComplete(manifest) {
  const pages = await caches.open(PAGES + manifest.version);
  const files = await caches.open(FILES);
  for (const entry of manifest.entries) {
    if (!(await (entry.kind === "page" ? pages : files).match(entry.url))) return false;
  }
  return true;
}

async function dropOthers(manifest) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PAGES) && name !== PAGES + manifest.version) await caches.delete(name);
  }
  const wanted = new Set(manifest.entries.map((entry) => new URL(entry.url, self.location.origin).href));
  const files = await caches.open(FILES);
  for (const request of await files.keys()) if (!wanted.has(request.url)) await files.delete(request);
}

async function sha256(body) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Ed25519 where the browser has it; without it the hashes over TLS remain.
async function checkSignature(manifest, signKey) {
  const { signature, ...signed } = manifest;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  let key;
  try {
    key = await crypto.subtle.importKey("raw", bytes(signKey), "Ed25519", false, ["verify"]);
  } catch {
    return;
  }
  const body = new TextEncoder().encode(canonical(signed));
  if (!(await crypto.subtle.verify("Ed25519", key, bytes(signature), body))) throw new Error("forged");
}

// The same bytes as the server's canonical JSON: sorted keys, no spaces; the manifest holds strings and integers only.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
