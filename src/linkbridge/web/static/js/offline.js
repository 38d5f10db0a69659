// Shows whether the tablet can work without a connection; the service worker does the fetching and the checking.

/** Registers the service worker and keeps every [data-readiness] element true. */
export async function watchReadiness(words) {
  if (!("serviceWorker" in navigator)) return show({ state: "impossible" }, words);
  navigator.serviceWorker.addEventListener("message", (event) => show(event.data, words));
  try {
    await navigator.serviceWorker.register(document.body.dataset.sw, { scope: "/tablet/" });
    await navigator.serviceWorker.ready;
  } catch {
    return show({ state: "impossible" }, words);
  }
  return prepare();
}

/** Asks the service worker to fetch and verify what is missing. */
export async function prepare() {
  const registration = await navigator.serviceWorker.ready;
  const { ui, signKey } = document.body.dataset;
  registration.active.postMessage({ type: "prepare", ui, signKey });
}

function show(news, words) {
  if (!news?.state) return;
  const text = (words[news.state] ?? "").replace("{done}", news.done).replace("{total}", news.total).replace("{date}", news.date);
  for (const element of document.querySelectorAll("[data-readiness]")) {
    element.textContent = text;
    element.dataset.ready = news.state === "ready" ? "yes" : "no";
  }
  const bar = document.querySelector("[data-readiness-bar]");
  if (bar) {
    bar.hidden = news.state !== "working";
    bar.max = news.total || 1;
    bar.value = news.done || 0;
  }
}
