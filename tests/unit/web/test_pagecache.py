import gzip

from fastapi import Request

from linkbridge.web.assets import asset_url, make_file, static_files, tree_fingerprint
from linkbridge.web.pagecache import PageCache


def _request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw})


def test_page_is_built_once_and_the_oldest_is_dropped() -> None:
    cache = PageCache(capacity=2)
    built: list[str] = []

    def page(name: str) -> str:
        return cache.get(name, lambda: built.append(name) or f"<p>{name}").body.decode()  # type: ignore[func-returns-value]

    for name in ("a", "b", "a", "c", "a", "b"):
        assert page(name) == f"<p>{name}"
    assert built == ["a", "b", "c", "b"]


def test_page_that_fails_is_not_kept() -> None:
    cache = PageCache()
    failures = iter([ZeroDivisionError()])

    def build() -> str:
        for failure in failures:
            raise failure
        return "good"

    for _ in range(2):
        try:
            assert cache.get("page", build).body == b"good"
        except ZeroDivisionError:
            continue
    assert cache.get("page", build).body == b"good"


def test_file_is_compressed_where_that_pays_and_accepted() -> None:
    file = make_file(b"a" * 1000, "text/html; charset=utf-8")
    assert file.compressed is not None
    squeezed = file.response(_request(accept_encoding="br, gzip"), "no-cache")
    assert gzip.decompress(bytes(squeezed.body)) == file.body
    assert squeezed.headers["content-encoding"] == "gzip"
    plain = file.response(_request(), "no-cache")
    assert (bytes(plain.body), "content-encoding" in plain.headers) == (file.body, False)
    assert plain.headers["etag"] == squeezed.headers["etag"]
    assert make_file(b"short", "text/html").compressed is None
    assert make_file(b"a" * 1000, "image/png").compressed is None


def test_file_held_already_is_not_sent() -> None:
    file = make_file(b"words", "text/plain")
    for held in (file.etag, file.etag.removeprefix("W/"), f'"x", {file.etag}', "*"):
        answer = file.response(_request(if_none_match=held), "no-cache")
        assert (answer.status_code, bytes(answer.body)) == (304, b"")
        assert answer.headers["etag"] == file.etag
    assert file.response(_request(if_none_match='"x"'), "no-cache").status_code == 200


def test_every_static_file_has_an_address_with_the_trees_fingerprint() -> None:
    assert len(tree_fingerprint()) == 12
    for name in static_files():
        assert asset_url(name) == f"/static/{tree_fingerprint()}/{name}"
