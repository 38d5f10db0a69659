"""The browser's module seals, the server opens: both halves of the format are the real ones."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import linkbridge.web
from linkbridge.kernel.clock import FrozenClock
from linkbridge.kernel.sealing import Unsealer
from linkbridge.kernel.signing import Signer

MODULE = Path(linkbridge.web.__file__).parent / "static" / "js" / "seal.js"
NODE = shutil.which("node")
TEXTS = [{"answer": "understood"}, {"words": "ገባኝ · فهمت · 我懂"}, {"empty": ""}, {"long": "x" * 20_000}]

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed: apt-get install nodejs")


def _run(script: str, given: object) -> Any:
    result = subprocess.run(
        [NODE or "node", "--input-type=module", "--eval", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_what_the_browser_seals_the_server_opens(tmp_path: Path, clock: FrozenClock) -> None:
    unsealer = Unsealer(tmp_path, clock)
    script = f"""
        import {{ readFileSync }} from "node:fs";
        const {{ importServerKey, seal }} = await import({json.dumps(_as_module(tmp_path))});
        const {{ jwk, kid, items }} = JSON.parse(readFileSync(0, "utf-8"));
        const key = await importServerKey(jwk);
        const out = [];
        for (const [id, object] of items) out.push([id, await seal(key, kid, id, object)]);
        console.log(JSON.stringify(out));
    """
    items = [(f"{number:032x}", text) for number, text in enumerate(TEXTS)]
    sealed = _run(script, {"jwk": unsealer.public_key_jwk, "kid": unsealer.key_id, "items": items})
    assert [(event_id, json.loads(unsealer.open(envelope, event_id))) for event_id, envelope in sealed] == items


def test_what_the_server_signs_the_browser_verifies(tmp_path: Path) -> None:
    signer = Signer.load(tmp_path)
    script = """
        import { readFileSync } from "node:fs";
        const { key, signature, text } = JSON.parse(readFileSync(0, "utf-8"));
        const bytes = (value) => Buffer.from(value, "base64url");
        const imported = await crypto.subtle.importKey("raw", bytes(key), "Ed25519", false, ["verify"]);
        const verify = (value) =>
          crypto.subtle.verify("Ed25519", imported, bytes(signature), new TextEncoder().encode(value));
        console.log(JSON.stringify([await verify(text), await verify(text + ".")]));
    """
    text = "ማስታወቂያ"
    given = {"key": signer.public_key_b64, "signature": signer.sign(text.encode()), "text": text}
    assert _run(script, given) == [True, False]


def _as_module(folder: Path) -> str:
    # Node takes a .js file as a module only beside a package.json, so it gets a copy with another ending.
    copy = folder / "seal.mjs"
    copy.write_bytes(MODULE.read_bytes())
    return copy.as_uri()
