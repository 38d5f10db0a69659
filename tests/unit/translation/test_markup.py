from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.translation.markup import Translate, translate_markup


def upper(texts: Sequence[str]) -> list[tuple[str, ...]]:
    return [(text.upper(),) for text in texts]


def upper_without_tags(texts: Sequence[str]) -> list[tuple[str, ...]]:
    return [("".join(c for c in text.upper() if ord(c) < 0xF0000),) for text in texts]


@pytest.mark.parametrize("engine", [upper, upper_without_tags])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<p class="x">Hi <b>you</b> &amp; all</p>\n', '<p class="x">HI <b>YOU</b> &amp; ALL</p>\n'),
        ("one<br>two<br/>three", "ONE<br>TWO<br/>THREE"),
        ("a <!-- c --> b <code>x&lt;y</code> c", "A <!-- c --> B <code>x&lt;y</code> C"),
        ("<script>if (a<b) 'x'</script>t<style>p{}</style>", "<script>if (a<b) 'x'</script>T<style>p{}</style>"),
        ('<p translate="no">no <p>no</p></p>yes', '<p translate="no">no <p>no</p></p>YES'),
        ("<i class='a notranslate'>no</i> yes", "<i class='a notranslate'>no</i> YES"),
        ("<a title='a>b' href=x>link</a>", "<a title='a>b' href=x>LINK</a>"),
        ("1 < 2 & &lt;b&gt; c", "1 &lt; 2 &amp; &lt;B&gt; C"),
        ("<P><B>Bold</P>text</B> <x-y>z</x-y>", "<P><B>BOLD</P>TEXT</B> <x-y>Z</x-y>"),
        ("tail <unclosed", "TAIL <unclosed"),
        ("<pre>\n  a\n  b</pre>", "<pre>\n  A\n  B</pre>"),
        ("<td> \n 12:30 &nbsp; </td>", "<td> \n 12:30 &nbsp; </td>"),
        ("<!doctype html><!-- open", "<!doctype html><!-- open"),
        ("<![CDATA[x", "<![CDATA[x"),
        ("", ""),
    ],
)
def test_only_text_is_translated(engine: Translate, source: str, expected: str) -> None:
    assert translate_markup(source, engine) == (expected,)


def test_all_blocks_are_one_call_and_tags_travel_in_pairs() -> None:
    calls: list[list[str]] = []

    def engine(texts: Sequence[str]) -> list[tuple[str, ...]]:
        calls.append(list(texts))
        return [(text, text + "!") for text in texts]

    found = translate_markup("<h1>A</h1><p>b <i>c</i>\n  d <img src=x> e</p>", engine)
    assert calls == [["A", "b \U000f0000c\U000f0001 d \U00100000 e"]]
    assert found[1] == "<h1>A!</h1><p>b <i>c</i> d <img src=x> e!</p>"


def test_private_characters_of_the_source_are_no_tags() -> None:
    assert translate_markup("a \U000f0000 <b>x</b> c", upper) == ("A \ufffd <b>X</b> C",)


def test_text_without_a_translation_stays() -> None:
    assert translate_markup("<p>a &amp; <b>b</b> c</p>", lambda texts: [() for _ in texts]) == (
        "<p>a &amp; <b>b</b> c</p>",
    )


@given(
    st.lists(
        st.sampled_from(
            ["<b>", "</b>", "<p>", "</p>", "x", "y ", "<", ">", "&amp;", "'", '"', "<!--", "-->", "<code>", "<br>"]
        )
    )
)
def test_anything_survives_an_engine_that_changes_nothing(parts: list[str]) -> None:
    source = "".join(parts)
    found = translate_markup(source, lambda texts: [(text,) for text in texts])[0]
    unescaped = found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert unescaped == source.replace("&amp;", "&")
