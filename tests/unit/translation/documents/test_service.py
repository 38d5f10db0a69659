from collections.abc import Sequence

import pytest

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.translation.documents.service import translate_document
from linkbridge.translation.documents.values import Batch, TranslatedText
from tests.unit.translation.documents.helpers import identity, run, upper


def test_document_asks_for_each_text_once_in_batches_and_tells_how_far_it_is() -> None:
    batches: list[list[str]] = []
    told: list[tuple[int, int]] = []

    def translate(texts: Sequence[str]) -> list[TranslatedText]:
        batches.append(list(texts))
        return upper(texts)

    done = translate_document(
        b"a\nb\na\nlong text\nc\n1\n",
        name="x.txt",
        translate=translate,
        target=LANGUAGES["es"],
        notice=(),
        on_progress=lambda *numbers: told.append(numbers),
        batch=Batch(texts=3, characters=5),
    )
    assert batches == [["a", "b", "long text"], ["c"]]
    assert told == [(0, 4), (3, 4), (4, 4)]
    assert (done.content, done.units) == (b"A\nB\nA\nLONG TEXT\nC\n1\n", 5)


class Stopped(Exception):
    """The caller gave up."""


def test_document_ends_when_the_caller_gives_up() -> None:
    def stop(done: int, _total: int) -> None:
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        translate_document(b"a", name="a.txt", translate=identity, target=LANGUAGES["es"], notice=(), on_progress=stop)


def test_document_with_too_few_answers_fails() -> None:
    with pytest.raises(ValueError, match="zip"):
        run("a\nb", "a.txt", lambda texts: identity(texts)[1:])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("letter.txt", "letter.ar.txt"),
        ("C:\\files\\a b.TXT", "a b.ar.txt"),
        ("../../etc/passwd", "passwd.ar.txt"),
        ("", "document.ar.txt"),
        ("x" * 300 + ".txt", "x" * 100 + ".ar.txt"),
    ],
)
def test_document_is_named_for_its_language(name: str, expected: str) -> None:
    assert run("Hello", name, target="ar").name == expected


def test_document_whose_translation_is_empty_is_refused_there() -> None:
    done = run("Hello", "a.txt", lambda texts: [TranslatedText("  ") for _ in texts])
    assert (done.content.decode(), done.refused) == ("⛔ Hello", 1)
