from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from linkbridge.translation.documents.inline import Piece, Placed, arrange, hints

BOLD, LINK = "bold", "link"


def plain(text: str) -> Piece:
    return Piece(text)


def bold(text: str) -> Piece:
    return Piece(text, BOLD)


def link(text: str) -> Piece:
    return Piece(text, LINK, is_link=True)


def no_hint(_text: str) -> str:
    return ""


def shown(pieces: Sequence[Piece], placed: Sequence[Placed]) -> list[tuple[str, str]]:
    return [(pieces[part.piece].style, part.text) for part in placed]


def test_arrange_words_in_another_order() -> None:
    pieces = [plain("The "), bold("red"), plain(" car and the "), link("green house"), plain(".")]
    table = {"red": "rojo", "green house": "casa verde"}
    placed = arrange(pieces, "La casa verde y el coche rojo.", lambda text: table[text])
    assert shown(pieces, placed) == [
        ("", "La "), (LINK, "casa verde"), ("", " y el coche "), (BOLD, "rojo"), ("", "."),
    ]  # fmt: skip


def test_arrange_a_word_with_another_ending() -> None:
    pieces = [plain("You are "), bold("detained"), plain(" here.")]
    assert shown(pieces, arrange(pieces, "Estáis detenidos aquí.", lambda _text: "Detenido.")) == [
        ("", "Estáis "), (BOLD, "detenidos"), ("", " aquí."),
    ]  # fmt: skip


def test_arrange_gives_up_emphasis_that_it_cannot_place() -> None:
    pieces = [plain("You may "), bold("not"), plain(" leave.")]
    assert shown(pieces, arrange(pieces, "Quédese aquí.", lambda _text: "de ninguna manera")) == [("", "Quédese aquí.")]


def test_arrange_keeps_a_link_that_it_cannot_find() -> None:
    pieces = [plain("Read more on "), link("our page"), plain(".")]
    placed = shown(pieces, arrange(pieces, "Todo se explica en otro sitio", no_hint))
    assert [style for style, _ in placed].count(LINK) == 1
    assert "".join(text for _, text in placed) == "Todo se explica en otro sitio"


def test_arrange_puts_a_repeated_word_where_it_was() -> None:
    pieces = [plain("yes and no, yes and "), bold("no"), plain(".")]
    assert shown(pieces, arrange(pieces, "sí y no, sí y no.", lambda _text: "no"))[1] == (BOLD, "no")
    assert shown(pieces, arrange(pieces, "sí y no, sí y no.", lambda _text: "no"))[0] == ("", "sí y no, sí y ")


def test_arrange_replaces_what_an_atom_shows() -> None:
    pieces = [plain("Page "), Piece("3", is_atom=True), plain(" of "), Piece("3", is_atom=True)]
    assert arrange(pieces, "Página 3 de 3", no_hint) == [Placed(0, "Página "), Placed(1), Placed(0, " de "), Placed(3)]


def test_arrange_finds_what_an_atom_shows_beside_letters() -> None:
    pieces = [plain("step"), Piece("2b", is_atom=True), plain("now")]
    assert arrange(pieces, "paso2bahora", no_hint) == [Placed(0, "paso"), Placed(1), Placed(0, "ahora")]


def test_arrange_keeps_atoms_at_the_edges_and_beside_words() -> None:
    note = Piece("", is_atom=True)
    pieces = [note, plain("See the "), bold("law"), note, plain(" today"), note]
    placed = arrange(pieces, "Vea hoy la ley", lambda _text: "ley")
    assert [part.piece for part in placed] == [0, 1, 2, 3, 5]


def test_hints_are_the_parts_with_a_format_of_their_own() -> None:
    assert hints([plain("a long text "), bold(" not "), bold("this"), plain(" end")]) == ["not this"]
    assert hints([bold("all of it")]) == []


PIECES = st.lists(
    st.builds(
        Piece,
        st.text("ab c", max_size=8),
        st.sampled_from(["", BOLD, LINK]),
        is_atom=st.just(False),
    )
    | st.just(Piece("", is_atom=True)),
    min_size=1,
    max_size=7,
)


@given(PIECES, st.text("ab cé", min_size=1, max_size=30), st.text("ab", max_size=3))
def test_arrange_loses_and_doubles_nothing(pieces: list[Piece], translated: str, hint: str) -> None:
    placed = arrange(pieces, translated, lambda _text: hint)
    has_words = any(piece.text for piece in pieces if not piece.is_atom)
    assert "".join(part.text for part in placed) == (translated if has_words else "")
    atoms = [part.piece for part in placed if pieces[part.piece].is_atom]
    assert atoms == [index for index, piece in enumerate(pieces) if piece.is_atom]


@given(PIECES)
def test_arrange_of_the_same_text_changes_nothing(pieces: list[Piece]) -> None:
    text = "".join(piece.text for piece in pieces)
    assert [part.text for part in arrange(pieces, text, no_hint)] == [piece.text for piece in pieces]
