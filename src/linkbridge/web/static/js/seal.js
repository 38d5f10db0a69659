// Seals to the server's key: what this tablet has sealed, nobody can read on this tablet.
// The format is described in linkbridge/kernel/sealing.py; a contract test holds the two together.

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const INFO = new TextEncoder().encode("linkbridge seal v1");

/** Imports the server's public key from its JSON Web Key. */
export async function importServerKey(jwk) {
  return crypto.subtle.importKey("jwk", { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, CURVE, false, []);
}

/** Seals an object, as JSON, to the server's key `kid` under an id, and returns the envelope. */
export async function seal(serverKey, kid, id, object) {
  const ephemeral = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: serverKey }, ephemeral.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: INFO },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const encoder = new TextEncoder();
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: encoder.encode(id), tagLength: 128 },
    key,
    encoder.encode(JSON.stringify(object)),
  );
  const point = await crypto.subtle.exportKey("raw", ephemeral.publicKey);
  return { v: 1, kid, epk: base64url(point), iv: base64url(iv), ct: base64url(ciphertext) };
}

function base64url(bytes) {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
