from pathlib import Path

import pytest

from linkbridge.kernel.encoding import from_b64url
from linkbridge.kernel.errors import Unavailable
from linkbridge.kernel.signing import Signer, verify


def test_load_keeps_the_key(tmp_path: Path) -> None:
    first, second = Signer.load(tmp_path), Signer.load(tmp_path)
    assert first.public_key_b64 == second.public_key_b64
    assert first.key_id == second.key_id
    assert len(from_b64url(first.public_key_b64)) == 32
    assert (tmp_path / "signing").stat().st_mode & 0o777 == 0o600


def test_verify_accepts_only_the_signed_bytes(tmp_path: Path) -> None:
    signer = Signer.load(tmp_path)
    signature = signer.sign(b"manifest")
    assert verify(signer.public_key_b64, b"manifest", signature)
    assert not verify(signer.public_key_b64, b"manifesto", signature)
    assert not verify(Signer.load(tmp_path / "other").public_key_b64, b"manifest", signature)


def test_sign_json_signs_the_canonical_text(tmp_path: Path) -> None:
    signer = Signer.load(tmp_path)
    signature = signer.sign_json({"b": 1, "a": "አ"})
    assert verify(signer.public_key_b64, '{"a":"አ","b":1}'.encode(), signature)


@pytest.mark.parametrize(("key", "signature"), [("", ""), ("AAAA", "AAAA"), ("é", "x"), ("A" * 43, "=")])
def test_verify_of_malformed_input_is_false(key: str, signature: str) -> None:
    assert not verify(key, b"manifest", signature)


def test_key_id_is_the_thumbprint_of_rfc_8037() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - one test alone

    # RFC 8037, appendix A.1 and A.3.
    key = Ed25519PrivateKey.from_private_bytes(from_b64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    signer = Signer(key)
    assert signer.public_key_b64 == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert signer.key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_load_refuses_a_file_without_a_key(tmp_path: Path) -> None:
    (tmp_path / "signing").write_text("nothing")
    (tmp_path / "signing").chmod(0o600)
    with pytest.raises(Unavailable, match="holds no private key"):
        Signer.load(tmp_path)
