// Turns what happened into a sealed event and keeps it until the server has it.

import { head, newId } from "./encounter.js";
import * as queue from "./queue.js";
import { importServerKey, seal } from "./seal.js";
import { flush } from "./sync.js";

let serverKey = null;

/** Seals an event of the encounter, stores it on the tablet, and tries to send it. Resolves to its id; rejects when it cannot be stored. */
export async function record(event, encounter) {
  const { sealKey, sealKid } = document.body.dataset;
  serverKey ??= importServerKey(JSON.parse(sealKey));
  const id = newId();
  const body = { ...event, encounter: head(encounter), at: new Date().toISOString() };
  await queue.add(id, await seal(await serverKey, sealKid, id, body));
  flush();
  return id;
}
