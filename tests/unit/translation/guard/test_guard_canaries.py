import pytest

from linkbridge.kernel.languages import LANGUAGES
from linkbridge.translation.guard import canaries, check, failures, judge_canaries
from linkbridge.translation.guard.canaries import CANARIES
from linkbridge.translation.results import Finding, Quality, Reason

RIGHT = (
    "Discordo totalmente.",
    "Não assine este papel.",
    "Paguei 956 euros.",
    "Meu filho tem 16 anos, não 18.",
    "Não quero voltar para o meu país.",
    "Estou em perigo.",
    "A audiência é no dia 21 de maio às 9:30.",
    "Ninguém me disse que tenho direito a um advogado.",
)
WARNING = (Finding(Reason.CANARY, Quality.SUSPECT),)


def with_wrong(*wrong: str) -> list[str]:
    return [*wrong, *RIGHT[len(wrong) :]]


def test_canaries_are_of_known_languages_and_hold_a_number_and_a_negation() -> None:
    assert set(CANARIES) <= set(LANGUAGES)
    assert all(any("956" in text for text in texts) for texts in CANARIES.values())
    assert all(len(texts) >= 5 for texts in CANARIES.values())


def test_canaries_of_an_unknown_language_are_none() -> None:
    assert canaries("tlh") == ()
    assert judge_canaries([], "tlh", "en") == ()


def test_judge_says_nothing_of_a_model_that_translates_well() -> None:
    assert failures(RIGHT, "en", "pt") == ()
    assert judge_canaries(RIGHT, "en", "pt") == ()


def test_judge_forgives_one_of_eight() -> None:
    outputs = with_wrong("Concordo totalmente.")

    assert [failure.source for failure in failures(outputs, "en", "pt")] == ["I strongly disagree."]
    assert judge_canaries(outputs, "en", "pt") == ()


def test_judge_warns_of_a_model_that_fails_a_quarter() -> None:
    assert judge_canaries(with_wrong("Concordo totalmente.", "Assine este papel."), "en", "pt") == WARNING


def test_judge_warns_of_a_model_that_answers_nothing_or_the_source() -> None:
    assert judge_canaries([""] * len(RIGHT), "en", "pt") == WARNING
    assert judge_canaries(canaries("en"), "en", "pt") == WARNING


def test_judge_wants_one_answer_for_each_sentence() -> None:
    with pytest.raises(ValueError, match="shorter"):
        judge_canaries(RIGHT[:3], "en", "pt")


@pytest.mark.parametrize("tag", sorted(set(CANARIES) - {"en"}))
def test_canaries_of_all_languages_agree_with_each_other(tag: str) -> None:
    english = {"agree": "I do not agree.", "sign": "Do not sign this paper.", "paid": "I paid 956 euros."}

    for source, output in zip(canaries(tag)[:3], english.values(), strict=True):
        assert check(source, output, tag, "en") == ()
    assert check(canaries(tag)[2], "I paid 996 euros.", tag, "en") == (Finding(Reason.NUMBERS, Quality.REFUSED),)


def test_regional_tag_has_the_sentences_of_its_language() -> None:
    assert canaries("pt-BR") == canaries("pt") != ()
