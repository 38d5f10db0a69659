import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.kernel.encoding import b64url, canonical_json, from_b64url


@given(st.binary())
def test_base64url_round_trip(data: bytes) -> None:
    text = b64url(data)
    assert "=" not in text
    assert from_b64url(text) == data


@pytest.mark.parametrize("text", ["=", "AA==", "a b", "AA\n", "A", "AB", "é", "+/"])
def test_base64url_refuses_other_spellings(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        from_b64url(text)


def test_canonical_json_orders_keys_and_leaves_no_spaces() -> None:
    assert canonical_json({"b": [1, True, None], "a": {"z": "አ", "y": 'q"\n'}}) == (
        '{"a":{"y":"q\\"\\n","z":"አ"},"b":[1,true,null]}'.encode()
    )


def test_canonical_json_compares_keys_as_utf16() -> None:
    # The example of RFC 8785, 3.2.3: a surrogate pair sorts before U+FB33, although its code point is higher.
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize("value", [1.5, 2**53, {1: "a"}, {"a": {1, 2}}, b"bytes", "\ud800", float("nan")])
def test_canonical_json_refuses_what_has_no_single_spelling(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical JSON|surrogates"):
        canonical_json(value)
