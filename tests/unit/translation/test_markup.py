"""HTML is translated as plain sentences, and its tags go around the same words again."""

import re
import time
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkbridge.translation.markup import plain_text, read_fragment

Translate = Callable[[str], str]


def translated(source: str, translate: Translate) -> str:
    fragment = read_fragment(source)
    hints = {part: (translate(part),) for part in fragment.parts}
    (found,) = fragment.fill([(translate(text),) for text in fragment.texts], hints)
    return found


def upper_without_elements(text: str) -> str:
    return "".join(character for character in text.upper() if ord(character) < 0xF0000)


@pytest.mark.parametrize("engine", [str.upper, upper_without_elements])
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
        ("<b><i>all</i></b>", "<b><i>ALL</i></b>"),
        ("my <a href=x><b>red</b> car</a>!", "MY <a href=x><b>RED</b> CAR</a>!"),
        ("a <b><i>same</i></b> z", "A <b><i>SAME</i></b> Z"),
        ("Name: <input name=n> Age: <input name=a>", "NAME: <input name=n> AGE: <input name=a>"),
        (
            "see <img src=x> this <a href=y>one <img src=z> now</a>",
            "SEE <img src=x> THIS <a href=y>ONE <img src=z> NOW</a>",
        ),
        ("<a>Home</a><a>News</a> <a>Help</a>", "<a>HOME</a><a>NEWS</a> <a>HELP</a>"),
        ("a <b>b <i>c</b> d</i> e", "A <b>B <i>C</b> D</i> E"),
        ("go <span class=icon></span> on <b> now </b>there", "GO <span class=icon></span> ON <b>NOW</b> THERE"),
        ("<b>1</b> of 2 forms", "<b>1</b> OF 2 FORMS"),
        ("Name<img src=x>Age", "NAME<img src=x> AGE"),
    ],
)
def test_only_text_is_translated(engine: Translate, source: str, expected: str) -> None:
    assert translated(source, engine) == expected


def test_lines_are_plain_text_and_tagged_parts_are_asked_once() -> None:
    fragment = read_fragment("<h1>A <u>c</u></h1><p>b <i>c</i>\n  d <img src=x> <code>x</code> e</p>")
    assert fragment.texts == ("A c", "b c d \U00100000 e")
    assert fragment.parts == ("c",)


TABLE: Mapping[str, str] = {
    "I need a doctor.": "Preciso de um médico.",
    "doctor": "médico",
    "You are detained here.": "Estáis detenidos aquí.",
    "detained": "Detenido.",
    "You may not leave.": "Quédese aquí.",
    "not": "de ninguna manera",
    "Read more on our page.": "Todo se explica en otro sitio",
    "our page": "nuestra página",
    "There is no hospital now.": "Nenhum hospital existe no momento.",
    "no": "não",
    "The red car and the green house.": "La casa verde y el coche rojo.",
    "red": "rojo",
    "green house": "casa verde",
    "Do not read our page": "Silencio",
    "not read our page": "leer nada",
    "Write to one of two places now": "Escriba",
    "one": "uno",
    "two places": "dos lugares",
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>I need a <b>doctor</b>.</p>", "<p>Preciso de um <b>médico</b>.</p>"),
        ("You are <em>detained</em> here.", "Estáis <em>detenidos</em> aquí."),
        ("You may <b>not</b> leave.", "Quédese aquí."),
        ("Read more on <a href=x>our page</a>.", "Todo se explica en <a href=x>otro sitio</a>"),
        ("There is <b>no</b> hospital now.", "Nenhum hospital existe no momento."),
        (
            "The <b>red</b> car<img src=x> and the <a href=y>green house</a>.",
            "La <a href=y>casa verde</a><img src=x> y el coche <b>rojo</b>.",
        ),
        ("Do <b>not read <a href=x>our page</a></b>", "<a href=x>Silencio</a>"),
        (
            "Write to <a href=1>one</a> of <a href=2>two places</a> now",
            " <a href=1>uno</a> <a href=2>Escriba</a>",
        ),
    ],
    ids=["whole", "ending", "dropped", "link", "short", "order", "nested", "words"],
)
def test_tags_go_where_their_words_went(source: str, expected: str) -> None:
    assert translated(source, TABLE.__getitem__) == expected


def test_each_other_version_is_treated_alike() -> None:
    fragment = read_fragment("<p>I need a <b>doctor</b>.</p><p>Hi</p>")
    answers = [("Preciso de um médico.", "Preciso dum doutor.", "Um médico!"), ("Oi",)]
    assert fragment.fill(answers, {"doctor": ("médico", "doutor")}) == (
        "<p>Preciso de um <b>médico</b>.</p><p>Oi</p>",
        "<p>Preciso dum <b>doutor</b>.</p><p>Oi</p>",
        "<p>Um <b>médico</b>!</p><p>Oi</p>",
    )


def test_version_that_lost_an_element_gives_way_to_one_that_did_not() -> None:
    fragment = read_fragment("<p>type <code>ls</code> now</p>")
    assert fragment.fill([("agora", "\U00100000 agora")], {}) == ("<p><code>ls</code> agora</p>",)
    assert fragment.fill([("\U00100000 a \U00100000 b \U00100001",)], {}) == ("<p><code>ls</code> a b</p>",)


def test_text_that_was_refused_keeps_its_tags() -> None:
    fragment = read_fragment("<p>There is <b>no</b> help.</p>")
    assert fragment.fill([("⛔ There is no help.",)], {"no": ("não",)}) == ("<p>⛔ There is <b>no</b> help.</p>",)


def test_private_characters_of_the_source_are_no_elements() -> None:
    assert translated("a \U00100000 <b>x</b> c", str.upper) == "A \ufffd <b>X</b> C"


def test_text_without_a_translation_stays() -> None:
    assert read_fragment("<p>a & <b>b</b>  c</p>").fill([()], {}) == ("<p>a & <b>b</b>  c</p>",)


def test_long_menus_are_translated_item_by_item() -> None:
    menu = " | ".join(f"<a href={number}>item</a>" for number in range(100))
    assert translated(f"<p>{menu}</p>", str.upper) == f"<p>{menu.replace('item', 'ITEM')}</p>"


def test_parts_of_a_line_are_bounded() -> None:
    text = "word " * 50
    nested = "".join("<b>x " for _ in range(50)) + text + "</b>" * 50
    fragment = read_fragment(f"<p>a {nested} z</p>")
    assert sum(map(len, fragment.parts)) <= 2 * len(fragment.texts[0])


def test_deep_and_broken_tags_take_no_long_time() -> None:
    source = "a " + "<b>" * 20_000 + "x" + "</i>" * 20_000 + "</b>" * 20_000 + " z"
    assert re.sub("<[^>]*>", "", translated(source, str.upper)) == "A X Z"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "<h1>Your  <b>rights</b></h1>\n<p>You &amp; I<br>are <code>x</code> here</p>",
            "Your rights\nYou & I\nare here",
        ),
        ("<script>var x</script><p translate=no>Name</p>", ""),
        ("no tags", "no tags"),
        ("<p>12</p>", ""),
    ],
)
def test_plain_text(source: str, expected: str) -> None:
    assert plain_text(source) == expected


SOUP = ["<b>", "</b>", "<a href=x>", "</a>", "<i>", "</i>", "<p>", "</p>", "x", "y ", " ", "<", ">", "&amp;", "'", '"']
SOUP += ["<!--", "-->", "<code>", "</code>", "<br>", "<img>", "<pre>"]


@given(st.lists(st.sampled_from(SOUP), max_size=30))
def test_anything_survives_an_engine_that_changes_nothing(parts: list[str]) -> None:
    assert translated("".join(parts), str) == "".join(parts)


@given(st.lists(st.sampled_from([part for part in SOUP if part not in {"<", ">", "<!--", "-->", "'", '"'}])))
def test_in_broken_html_no_word_link_or_picture_is_lost_or_doubled(parts: list[str]) -> None:
    source = "".join(parts)
    found = translated(source, lambda text: text.replace("x", "z z").replace("y", "w"))
    for tag in ("<a href=x>", "</a>", "<img>", "<br>", "<p>", "</p>"):
        assert found.count(tag) == source.count(tag)
    assert found.count("<b>") <= source.count("<b>")


def _tree(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        bodies = st.lists(inner, min_size=1, max_size=4).map(" ".join)
        return st.tuples(st.sampled_from("abiu"), bodies).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>")

    return st.recursive(words | st.just("<img>"), around, max_leaves=12)


WORDS = st.sampled_from(["one", "two", "one two", "&amp;", "7", "<code>x</code>", "stop."])


@given(st.lists(_tree(WORDS), max_size=6).map(" ".join))
def test_upper_case_changes_the_words_and_nothing_else(source: str) -> None:
    wanted = re.sub(r"(?<![</\w&])(?:one|two|stop)(?!\w)", lambda word: word[0].upper(), source)
    assert translated(f"<p>{source}</p>", str.upper) == f"<p>{wanted}</p>"


@given(st.lists(_tree(WORDS), max_size=6).map(" ".join), st.lists(st.sampled_from("abcd"), max_size=5))
def test_tags_nest_whatever_the_engine_says(source: str, answers: Sequence[str]) -> None:
    fragment = read_fragment(source)
    (found,) = fragment.fill([(" ".join(answers),) for _ in fragment.texts], {"one": ("a",), "two": ("b c",)})
    is_open: list[str] = []
    for close, name in re.findall(r"<(/?)([abiu]|code)>", found):
        if close:
            assert is_open.pop() == name
        else:
            is_open.append(name)
    assert not is_open
    for tag in ("<a>", "<img>", "<code>x</code>"):
        assert found.count(tag) == source.count(tag)


def test_thousands_of_pictures_in_a_line_cost_no_square_of_their_number() -> None:
    source = "a<img>" * 16_000
    began = time.process_time()
    found = translated(source, lambda text: f"{text} b")
    assert time.process_time() - began < 5
    assert found.count("<img>") == 16_000
