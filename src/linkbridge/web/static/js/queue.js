// What waits on this tablet to be sent: sealed envelopes in IndexedDB that the tablet itself cannot read again.

const NAME = "linkbridge";
const STORES = ["waiting", "refused"];
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store, { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function work(stores, mode, action) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(stores, mode, { durability: "strict" });
    const result = action(transaction);
    transaction.oncomplete = () => resolve(result?.result);
    transaction.onabort = () => reject(transaction.error ?? new Error("the tablet could not store the answer"));
  });
}

/** Keeps an envelope until the server has confirmed it. Rejects when the tablet has no room. */
export async function add(id, envelope) {
  await work(["waiting"], "readwrite", (t) => t.objectStore("waiting").put({ id, envelope }));
  changed();
}

/** At most `limit` of the envelopes that wait, in no particular order. */
export function waiting(limit) {
  return work(["waiting"], "readonly", (t) => t.objectStore("waiting").getAll(null, limit));
}

/** How many wait and how many the server refused. */
export async function counts() {
  const counted = (store) => work([store], "readonly", (t) => t.objectStore(store).count());
  return { waiting: await counted("waiting"), refused: await counted("refused") };
}

/** The codes of the errors for which the server refused events. */
export async function refusals() {
  const refused = await work(["refused"], "readonly", (t) => t.objectStore("refused").getAll());
  return [...new Set(refused.map((item) => item.code))];
}

/** Applies the server's word on each event: what it has is dropped, what it refused is set aside, never lost. */
export async function settle(results) {
  await work(STORES, "readwrite", (t) => {
    const waitingStore = t.objectStore("waiting");
    const refusedStore = t.objectStore("refused");
    for (const { id, outcome, code } of results) {
      if (outcome === "stored" || outcome === "duplicate") {
        waitingStore.delete(id);
      } else if (outcome === "refused") {
        const found = waitingStore.get(id);
        found.onsuccess = () => {
          if (found.result) refusedStore.put({ ...found.result, code });
          waitingStore.delete(id);
        };
      }
    }
  });
  changed();
}

function changed() {
  window.dispatchEvent(new Event("linkbridge:queue"));
}
