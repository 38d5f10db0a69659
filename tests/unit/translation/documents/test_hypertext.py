import pytest

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.translation.documents.hypertext import parse_html
from linkbridge.translation.documents.values import TranslatedText
from linkbridge.translation.results import Quality
from tests.unit.translation.documents.helpers import NOTICE, identity, run, text_of, upper, words

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="iso-8859-1"><title>Your rights</title><style>p { color: red }</style></head>
<body class="x"><h1>Rights</h1><p>You may <b>speak</b> to a <a href="/l" id="l">lawyer</a>.<br>Ask now.</p>
<ul><li>One<ul><li>Inner</li></ul>after</li></ul><!-- a note --><script>var a = "text";</script>
<div>loose words <p>block</p> more words</div><pre>  kept
  as is</pre><p>Call <code>lb.run()</code> or 112.</p><img alt="A map" src="m.png"><input type="submit" value="Send">
<p translate="no">LinkBridge</p></body></html>"""


def words_of(page: str) -> list[str]:
    return " ".join(parse_html(page.encode()).text_content().split()).split()


def test_html_with_the_same_words_reads_as_before() -> None:
    assert words_of(text_of(PAGE, "a.html", identity)) == words_of(PAGE)


def test_html_in_capitals_keeps_its_elements() -> None:
    page = text_of(PAGE, "a.html", upper)
    for expected in (
        "<title>YOUR RIGHTS</title>",
        "<h1>RIGHTS</h1>",
        '<p>YOU MAY <b>SPEAK</b> TO A <a href="/l" id="l">LAWYER</a>.<br>ASK NOW.</p>',
        "<li>ONE<ul><li>INNER</li></ul>AFTER</li>",
        "<div>LOOSE WORDS <p>BLOCK</p> MORE WORDS</div>",
        "<pre>  KEPT\n  AS IS</pre>",
        'alt="A MAP"',
        'value="SEND"',
        '<script>var a = "text";</script>',
        "<style>p { color: red }</style>",
        "<!-- a note -->",
        '<p translate="no">LinkBridge</p>',
    ):
        assert expected in page


def test_html_keeps_code_within_a_sentence() -> None:
    table: dict[str, str | TranslatedText] = {"Call lb.run() or 112.": "Llame a lb.run() o al 112."}
    page = text_of("<html><p>Call <code>lb.run()</code> or 112.</p></html>", "a.html", words(table))
    assert "<p>Llame a <code>lb.run()</code> o al 112.</p>" in page


def test_html_says_language_direction_and_encoding() -> None:
    page = text_of(PAGE, "a.html", identity, "ar")
    assert '<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>' in page
    assert "iso-8859-1" not in page


def test_html_marks_what_is_suspect_or_refused() -> None:
    table: dict[str, str | TranslatedText] = {"Yes.": TranslatedText("Sí.", Quality.SUSPECT)}
    done = run("<html><p>Yes.</p><p>No <b>way</b>.</p></html>", "a.html", words(table))
    assert "<p>⚠ Sí.</p><p>⛔ No <b>way</b>.</p>" in done.content.decode()
    assert (done.units, done.suspect, done.refused) == (2, 1, 1)


def test_html_has_a_banner_that_is_not_translated_again() -> None:
    once = run(PAGE, "a.html", upper, notice=NOTICE).content
    body = parse_html(once).find("body")
    assert body is not None
    assert body[0].get("role") == "note"
    assert [(line.get("lang"), line.get("dir"), line.text) for line in body[0]] == [
        ("es", "ltr", NOTICE[0].text), ("ar", "rtl", NOTICE[1].text),
    ]  # fmt: skip
    assert NOTICE[0].text in text_of(once, "a.html", upper)


def test_html_in_an_old_encoding_is_read_as_declared() -> None:
    page = '<html><meta charset="windows-1252"><p>Señor</p></html>'.encode("cp1252")
    assert "<p>SEÑOR</p>" in text_of(page, "a.html", upper)


def test_html_nested_too_deeply_is_refused() -> None:
    with pytest.raises(InvalidInput, match="deeply"):
        run("<html>" + "<div>" * 1000 + "x", "a.html")


def test_html_without_a_document_type_gets_none() -> None:
    assert text_of("<html><p>a</p></html>", "a.html").startswith('<html lang="es" dir="ltr">')
    assert text_of(PAGE, "a.html").startswith("<!DOCTYPE html>")


def test_html_with_too_many_elements_is_refused() -> None:
    with pytest.raises(TooLarge, match="elements"):
        run("<html>" + "<br>" * 300_001, "a.html")


def test_html_of_other_entities_loads_nothing() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><p>a &x; b</p></html>'
    assert "root:" not in text_of(page, "a.html", identity)
