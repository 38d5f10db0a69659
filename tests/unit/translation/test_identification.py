from pathlib import Path

import polib
import pytest

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.translation.identification import Guess, identify, identify_sentences

ROOT = Path(__file__).parents[3] / "phrasebooks"
TWINS = {"fa": {"fa", "prs"}, "prs": {"fa", "prs"}}


def phrases(tag: str) -> list[str]:
    texts: list[str] = []
    for path in sorted(ROOT.glob(f"*/{'pt' if tag == 'en' else tag}.po")):
        if path.parent.name != "interface":
            texts += [entry.msgid if tag == "en" else entry.msgstr for entry in polib.pofile(str(path))]
    return [text for text in texts if "{" not in text and 20 <= len(text) <= 200][::12]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_sentences_of_each_language_are_recognised(tag: str) -> None:
    texts = phrases(tag)
    found = [bool(guesses := identify(text)) and guesses[0].tag in TWINS.get(tag, {tag}) for text in texts]
    assert len(found) >= 3
    assert sum(found) >= 0.85 * len(found)


@pytest.mark.parametrize(
    "text", ["", "  ", "😀 123 🇧🇷", "a@b.org", "안녕하세요", "助けてください", "สวัสดี", "\x00\ud800"]
)
def test_text_without_words_that_are_ours_gives_no_guess(text: str) -> None:
    assert identify(text) == ()


def test_control_characters_and_half_characters_do_no_harm() -> None:
    assert identify("\x00Preciso de ajuda\ud800 com os meus documentos\x07, por favor.")[0].tag == "pt"


def test_persian_and_dari_are_given_equally() -> None:
    first, second = identify("من به کمک نیاز دارم، لطفاً با وکیل صحبت کنید.")[:2]
    assert {first.tag, second.tag} == {"fa", "prs"}
    assert first.confidence == second.confidence
    assert [guess.tag for guess in identify("من به کمک نیاز دارم", allowed={"prs", "en"})] == ["prs"]


def test_short_and_romanised_text_is_unsure() -> None:
    assert all(guess.confidence < 50 for text in ("ok", "hola", "mujhe madad chahiye") for guess in identify(text))
    assert identify("Preciso de ajuda com os meus documentos e com os meus filhos, por favor.")[0].confidence > 75


@pytest.mark.parametrize(
    ("text", "tag"), [("مساعدة", "ar"), ("یارمەتی", "ckb"), ("ٹھیک ہے", "ur"), ("مرسته وکړئ", "ps"), ("ኣስተርጓሚ", "ti")]
)
def test_telling_letters_decide(text: str, tag: str) -> None:
    assert identify(text)[0].tag == tag


def test_script_of_one_language_is_certain() -> None:
    assert identify("મદદ") == (Guess("gu", 99.0),)


def test_short_sentence_is_taken_for_the_language_around_it() -> None:
    texts = ["Bom dia, preciso de ajuda com os meus documentos.", "Ok.", "123", "مرحبا بكم في المكتب"]
    guesses = identify_sentences(texts)
    assert [found[0].tag if found else "" for found in guesses] == ["pt", "pt", "", "ar"]
