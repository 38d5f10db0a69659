"""The way of a text: known words first, then the machine, in any shape a text may have."""

import math
from collections.abc import Callable

import pytest

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.translation.errors import EngineFailed, NoRoute, TranslationBusy, TranslationLate
from linkbridge.translation.known import Known
from linkbridge.translation.ports import LanguagePair, Patience
from linkbridge.translation.requests import TranslationRequest
from linkbridge.translation.results import Quality, Reason, TextSource, Translation
from linkbridge.translation.routing import RouteRule
from linkbridge.translation.service import Offer, Translator
from tests.support.translating import FakeKnown, FakeRunner, model, translator

ENGLISH = model("firefox", "en>pt")
PATIENCE = Patience()
WORDS = {
    "Good morning.": "Bom dia.",
    "Thank you.": "Obrigado.",
    "I need a doctor.": "Preciso de um médico.",
    "I paid 956 euros.": "Eu paguei 956 euros.",
    "Sign this paper.": "Assine este artigo.",
}


def engine(sentence: str, _pair: LanguagePair) -> str:
    return WORDS.get(sentence, f"<{sentence}>")


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner(engine)


@pytest.fixture
def subject(runner: FakeRunner) -> Translator:
    return translator(runner, [ENGLISH])


def asked(text: str, source: str | None = "en", target: str = "pt", **more: object) -> TranslationRequest:
    return TranslationRequest(text, source, target, **more)  # type: ignore[arg-type]


def made(subject: Translator, text: str, source: str | None = "en", target: str = "pt", **more: object) -> Translation:
    return subject.translate(asked(text, source, target, **more), PATIENCE)


def test_machine_says_that_it_is_one_and_which(subject: Translator) -> None:
    found = made(subject, "Good morning.")
    assert found.text == "Bom dia."
    assert (found.source, found.quality, found.reasons) == (TextSource.MACHINE, Quality.OK, ())
    assert found.route is not None
    assert [leg.model_id for leg in found.route.legs] == ["firefox-en>pt"]


def test_layout_stays(subject: Translator) -> None:
    found = made(subject, "\n  Good morning. Thank you.\n\n- I need a doctor.\n")
    assert found.text == "\n  Bom dia. Obrigado.\n\n- Preciso de um médico.\n"
    assert [segment.text for segment in found.segments] == ["Bom dia.", "Obrigado.", "Preciso de um médico."]


def test_places_are_those_in_the_text_that_was_given(subject: Translator) -> None:
    text = "\u200bGood morning.\r\nThank you."
    found = made(subject, text)
    assert [text[segment.start : segment.end].strip("\u200b") for segment in found.segments] == [
        "Good morning.",
        "Thank you.",
    ]


def test_all_sentences_of_all_texts_go_to_the_engine_together(subject: Translator, runner: FakeRunner) -> None:
    found = subject.translate_many([asked("Good morning. Thank you."), asked("I need a doctor.")], PATIENCE)
    assert [one.text for one in found] == ["Bom dia. Obrigado.", "Preciso de um médico."]
    assert [call[2] for call in runner.asked] == [("Good morning.", "Thank you.", "I need a doctor.")]


@pytest.mark.parametrize("text", ["", "   \n", "12345", "—", "…?!", "🙂"])
def test_what_has_no_words_is_copied_without_an_engine(subject: Translator, runner: FakeRunner, text: str) -> None:
    found = made(subject, text)
    assert (found.text.strip(), found.source, found.quality) == (text.strip(), TextSource.COPIED, Quality.OK)
    assert runner.asked == []


@pytest.mark.parametrize(("source", "target"), [("pt", "pt"), ("pt-BR", "pt"), ("pt", "pt-PT")])
def test_text_in_the_wanted_language_is_copied(subject: Translator, source: str, target: str) -> None:
    assert made(subject, "Bom dia.", source, target).source is TextSource.COPIED


def test_five_thousand_letters_without_a_space_are_refused(subject: Translator, runner: FakeRunner) -> None:
    found = made(subject, "x" * 5000)
    assert (found.text, found.quality, found.reasons) == ("", Quality.REFUSED, (Reason.UNREADABLE,))
    assert runner.asked == []


def test_control_characters_and_half_surrogates_do_no_harm(subject: Translator) -> None:
    assert made(subject, "\x00Good morning.\x1b \ud800").text.startswith("Bom dia.")


def test_verified_words_come_before_the_machine(runner: FakeRunner) -> None:
    known = FakeKnown({("I need a doctor.", "pt"): Known("Preciso ver um médico.", TextSource.VERIFIED, "health.x")})
    subject = translator(runner, [ENGLISH], known)
    found = made(subject, "Good morning. I need a doctor.")
    assert found.text == "Bom dia. Preciso ver um médico."
    assert [(one.source, one.phrase_key) for one in found.segments] == [
        (TextSource.MACHINE, ""),
        (TextSource.VERIFIED, "health.x"),
    ]
    assert found.source is TextSource.MACHINE  # the least trusted part names the whole


def test_whole_text_is_looked_for_before_its_sentences(runner: FakeRunner) -> None:
    text = "Good morning. Thank you."
    known = FakeKnown({(text, "pt"): Known("Bom dia e obrigado.", TextSource.REVIEWED, "x.y")})
    found = made(translator(runner, [ENGLISH], known), f" {text}\n")
    assert (found.text, found.source) == (" Bom dia e obrigado.\n", TextSource.REVIEWED)
    assert runner.asked == []


def test_known_words_need_no_model(runner: FakeRunner) -> None:
    known = FakeKnown({("Good morning.", "am"): Known("እንደምን አደሩ", TextSource.VERIFIED, "x.y")})
    assert made(translator(runner, [ENGLISH], known), "Good morning.", target="am").route is None


def test_check_asks_the_machine_whatever_is_known(runner: FakeRunner) -> None:
    known = FakeKnown({("Good morning.", "pt"): Known("Olá", TextSource.VERIFIED, "x.y")})
    found = made(translator(runner, [ENGLISH], known), "Good morning.", use_phrases=False)
    assert found.text == "Bom dia."


def test_no_way_is_told_with_the_languages(subject: Translator) -> None:
    with pytest.raises(NoRoute) as caught:
        made(subject, "Good morning.", target="am")
    assert caught.value.params == {"source": "en", "target": "am"}


@pytest.mark.parametrize(("source", "target", "field"), [("??", "pt", "source"), ("en", "", "target")])
def test_unknown_language_is_refused(subject: Translator, source: str, target: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        made(subject, "Good morning.", source, target)
    assert caught.value.params["field"] == field


def test_pivot_is_named_and_each_step_uses_the_words_of_the_last(runner: FakeRunner) -> None:
    words = {"Buenos días.": "Good morning.", "Good morning.": "Bonjour."}
    runner.engine = lambda sentence, _pair: words.get(sentence, sentence)
    found = made(translator(runner, [model("argos", "es>en"), model("argos", "en>fr")]), "Buenos días.", "es", "fr")
    assert found.text == "Bonjour."
    assert found.route is not None
    assert (found.route.pivots, str(found.route)) == (("en",), "es → en → fr")


def test_next_way_is_taken_when_an_engine_fails(runner: FakeRunner) -> None:
    runner.broken = {"firefox-en>pt"}
    found = made(translator(runner, [ENGLISH, model("argos", "en>pt")]), "Good morning.")
    assert found.route is not None
    assert found.route.engines == ("argos",)


def test_failure_of_all_ways_is_an_error(subject: Translator, runner: FakeRunner) -> None:
    runner.broken = {"firefox-en>pt"}
    with pytest.raises(EngineFailed):
        made(subject, "Good morning.")


def test_rule_of_an_administrator_keeps_the_machine_out(runner: FakeRunner) -> None:
    rule = RouteRule(LanguagePair("en", "pt"), disabled=True)
    with pytest.raises(NoRoute):
        made(translator(runner, [ENGLISH], rules=[rule]), "Good morning.")


def test_sentence_on_which_the_engine_fails_stays_marked_beside_the_others(
    subject: Translator, runner: FakeRunner
) -> None:
    runner.engine = lambda sentence, pair: () if "Thank" in sentence else engine(sentence, pair)
    found = made(subject, "Good morning. Thank you.")
    assert found.text == "Bom dia. ⛔ Thank you."
    assert (found.quality, found.reasons) == (Quality.SUSPECT, (Reason.ENGINE_FAILED,))


def test_glossary_is_enforced_and_visible(runner: FakeRunner) -> None:
    subject = translator(runner, [ENGLISH], glossary=load_glossary(default_directory()))
    found = made(subject, "Sign this paper.")
    assert found.text == "Assine este documento."
    assert [term.replaced for term in found.terms if term.term_id == "paper"] == ["artigo"]


def test_addresses_and_numbers_of_people_arrive_unchanged(subject: Translator, runner: FakeRunner) -> None:
    runner.engine = lambda sentence, _pair: sentence.replace("Write to", "Escreva para").replace("or call", "ou ligue")
    found = made(subject, "Write to ana@example.org or call +507 555 0100")
    assert found.text == "Escreva para ana@example.org ou ligue +507 555 0100"
    assert [(span.kind, span.text) for span in found.protected] == [
        ("email", "ana@example.org"),
        ("phone", "+507 555 0100"),
    ]


def test_wrong_number_is_tried_again_with_the_number_kept(subject: Translator, runner: FakeRunner) -> None:
    def loses_numbers(sentence: str, _pair: LanguagePair) -> str:
        if "X1X" in sentence:
            return sentence.replace("I paid", "Eu paguei")
        return sentence.replace("I paid", "Eu paguei").replace("956", "996")

    runner.engine = loses_numbers
    found = made(subject, "I paid 956 euros.")
    assert (found.text, found.quality) == ("Eu paguei 956 euros.", Quality.OK)


def test_wrong_number_that_cannot_be_mended_is_not_shown(subject: Translator, runner: FakeRunner) -> None:
    runner.engine = lambda _sentence, _pair: "Eu paguei 996 euros."
    found = made(subject, "I paid 956 euros.")
    assert (found.text, found.quality) == ("", Quality.REFUSED)
    assert Reason.NUMBERS in found.reasons


def test_other_answer_of_the_engine_is_taken_when_the_first_is_doubted(runner: FakeRunner) -> None:
    wrong, right = "Eu concordo fortemente.", "Eu não concordo de modo algum."
    runner.engine = lambda _sentence, _pair: (wrong, right)
    subject = translator(runner, [model("argos", "en>pt")])
    found = made(subject, "I do not agree at all.")
    assert found.text == right


def test_model_that_fails_its_test_sentences_is_suspect(runner: FakeRunner) -> None:
    runner.passes_its_test = False
    found = made(translator(runner, [ENGLISH]), "Good morning.")
    assert (found.quality, found.reasons) == (Quality.SUSPECT, (Reason.CANARY,))


def test_doubt_about_a_way_stays_with_a_sentence_that_was_mended(runner: FakeRunner) -> None:
    def loses_numbers(sentence: str, _pair: LanguagePair) -> str:
        return sentence.replace("I paid", "Eu paguei").replace("956", "996")

    runner.engine, runner.passes_its_test = loses_numbers, False
    found = made(translator(runner, [ENGLISH]), "I paid 956 euros.")
    assert (found.text, found.quality) == ("Eu paguei 956 euros.", Quality.SUSPECT)
    assert found.reasons == (Reason.CANARY,)


def test_rough_way_stays_rough_when_a_sentence_was_mended(runner: FakeRunner) -> None:
    runner.engine = lambda sentence, _pair: sentence.replace("I paid", "Eu paguei").replace("956", "996")
    found = made(translator(runner, [model("apertium", "en>pt")]), "I paid 956 euros.")
    assert (found.text, found.quality, found.reasons) == ("Eu paguei 956 euros.", Quality.SUSPECT, (Reason.ROUGH,))


@pytest.mark.parametrize("error", [EngineFailed("no"), TranslationBusy("no"), TranslationLate("no")])
def test_first_answer_stays_when_it_cannot_be_mended(runner: FakeRunner, error: Exception) -> None:
    def fails_later(sentence: str, _pair: LanguagePair) -> str:
        if len(runner.asked) > 1:
            raise error
        return "Bom dia." if sentence == "Good morning." else "Eu paguei 996 euros."

    runner.engine = fails_later
    found = made(translator(runner, [ENGLISH]), "Good morning. I paid 956 euros.")
    assert found.text == "Bom dia. ⛔ I paid 956 euros."


def test_sentence_that_fails_again_with_marks_stays_marked_beside_the_others(runner: FakeRunner) -> None:
    def loses_addresses(sentence: str, _pair: LanguagePair) -> str:
        if len(runner.asked) > 1:
            raise EngineFailed("no")
        return "Bom dia." if sentence == "Good morning." else "Escreva para nós."

    runner.engine = loses_addresses
    found = made(translator(runner, [ENGLISH]), "Good morning. Write to ana@example.org.")
    assert found.text == "Bom dia. ⛔ Write to ana@example.org."
    assert found.reasons == (Reason.ENGINE_FAILED,)


def test_html_keeps_its_markup(subject: Translator) -> None:
    found = made(subject, '<p class="x">Good morning.</p><ul><li>Thank you.</li></ul>', html=True)
    assert found.text == '<p class="x">Bom dia.</p><ul><li>Obrigado.</li></ul>'
    assert (found.source, found.quality) == (TextSource.MACHINE, Quality.OK)


def test_html_is_translated_as_plain_sentences_with_their_tags_around_the_same_words(runner: FakeRunner) -> None:
    answers = {
        "I need a doctor.": ("Preciso de um médico.", "Um doutor, por favor."),
        "doctor": ("médico", "doutor"),
        "Thank you.": ("Obrigado.",),
    }
    runner.engine = lambda sentence, _pair: answers[sentence]
    subject = translator(runner, [model("argos", "en>pt")])
    found = made(subject, "<p>I need a <b>doctor</b>.</p><p>Thank you.</p>", html=True, alternatives=1)
    assert runner.asked == [("argos-en>pt", "en-pt", ("I need a doctor.", "Thank you.", "doctor"))]
    assert found.text == "<p>Preciso de um <b>médico</b>.</p><p>Obrigado.</p>"
    assert found.alternatives == ("<p>Um <b>doutor</b>, por favor.</p><p>Obrigado.</p>",)
    assert [segment.text for segment in found.segments] == ["Preciso de um médico.", "Obrigado."]


def test_doubt_about_a_part_that_only_helps_to_find_words_is_no_doubt_about_html(runner: FakeRunner) -> None:
    answers = {"I need 2 doctors now.": "Preciso de 2 médicos agora.", "2 doctors": "7 médicos"}
    runner.engine = lambda sentence, _pair: answers.get(sentence, "7 médicos")
    found = made(translator(runner, [ENGLISH]), "<p>I need <b>2 doctors</b> now.</p>", html=True)
    assert (found.quality, found.reasons) == (Quality.OK, ())
    assert found.text.replace("<b>", "").replace("</b>", "") == "<p>Preciso de 2 médicos agora.</p>"


def test_refused_line_of_html_keeps_its_tags(runner: FakeRunner) -> None:
    runner.engine = lambda sentence, _pair: WORDS.get(sentence, "")
    found = made(translator(runner, [ENGLISH]), "<p>Good morning.</p><p>You <b>must</b> go.</p>", html=True)
    assert found.quality is Quality.SUSPECT
    assert found.text == "<p>Bom dia.</p><p>⛔ You <b>must</b> go.</p>"


def test_language_of_html_is_said_to_be_a_guess(subject: Translator) -> None:
    text = "I need a doctor because my son is very sick today."
    found, plain = made(subject, f"<p>{text}</p>", None, html=True), made(subject, text, None)
    assert (found.pair, found.source_given) == (LanguagePair("en", "pt"), False)
    assert found.confidence == plain.confidence


def test_alternatives_are_whole_texts(runner: FakeRunner) -> None:
    answers = {"Good morning.": ("Bom dia.", "Bons dias."), "Thank you.": ("Obrigado.",)}
    runner.engine = lambda sentence, _pair: answers.get(sentence, (sentence,))
    found = made(translator(runner, [model("argos", "en>pt")]), "Good morning. Thank you.", alternatives=2)
    assert found.alternatives == ("Bons dias. Obrigado.",)


def test_alternatives_that_would_be_refused_are_not_given(runner: FakeRunner) -> None:
    runner.engine = lambda _sentence, _pair: ("Não assine este papel.", "Assine este papel.", "Não assine isto.")
    found = made(translator(runner, [model("argos", "en>pt")]), "Do not sign this paper.", alternatives=2)
    assert [segment.alternatives for segment in found.segments] == [("Não assine isto.",)]


def test_alternatives_of_a_refused_sentence_are_not_given_either(runner: FakeRunner) -> None:
    wrong = ("Eu paguei 996 euros.", "Eu paguei 906 euros.")
    runner.engine = lambda sentence, _pair: ("Bom dia.", "Olá.") if sentence == "Good morning." else wrong
    found = made(translator(runner, [model("argos", "en>pt")]), "Good morning. I paid 956 euros.", alternatives=1)
    assert found.text == "Bom dia. ⛔ I paid 956 euros."
    assert found.alternatives == ("Olá. ⛔ I paid 956 euros.",)


def test_language_is_found_out_and_said_to_be_a_guess(subject: Translator) -> None:
    found = made(subject, "Good morning. I need a doctor because my son is very sick today.", None)
    assert found.pair == LanguagePair("en", "pt")
    assert not found.source_given
    assert 50 < found.confidence <= 100


def test_sentence_in_another_language_is_translated_from_that_one(runner: FakeRunner) -> None:
    subject = translator(runner, [model("firefox", "en>pt"), model("firefox", "es>pt")])
    text = "I need a doctor because my son is very sick. Necesito un médico porque mi hijo está muy enfermo hoy."
    found = made(subject, text, None)
    assert [segment.language for segment in found.segments] == ["en", "es"]


def test_persian_sentence_in_an_english_text_is_found_though_dari_is_written_alike(runner: FakeRunner) -> None:
    subject = translator(runner, [model("firefox", "en>pt"), model("firefox", "fa>pt")])
    text = "I need a doctor because my son is very sick. پسرم خیلی مریض است و به پزشک نیاز دارد."
    assert [segment.language for segment in made(subject, text, None).segments] == ["en", "fa"]


def test_sentence_in_other_letters_than_its_language_is_not_given_to_the_engine(
    subject: Translator, runner: FakeRunner
) -> None:
    found = made(subject, "Good morning. مرحبا بك")
    assert (found.text, found.reasons) == ("Bom dia. ⛔ مرحبا بك", (Reason.UNREADABLE,))
    assert runner.asked[0][2] == ("Good morning.",)


def test_writing_that_nobody_knows_is_refused_not_guessed(subject: Translator) -> None:
    found = made(subject, "გამარჯობა, როგორ ხართ?", None)
    assert (found.text, found.quality, found.reasons) == ("", Quality.REFUSED, (Reason.UNREADABLE,))
    assert found.pair.source == "und"


def test_progress_counts_each_sentence_once(subject: Translator) -> None:
    heard: list[tuple[int, int]] = []
    subject.translate_many(
        [asked("Good morning. Thank you.")], PATIENCE, on_progress=lambda done, total: heard.append((done, total))
    )
    assert heard[0] == (0, 2)
    assert heard[-1] == (2, 2)
    assert heard == sorted(heard)


@pytest.mark.parametrize("html", [False, True])
def test_all_steps_and_repairs_of_a_call_share_one_deadline(runner: FakeRunner, html: bool) -> None:
    runner.engine = lambda _sentence, _pair: "Eu paguei 996 euros."
    subject = translator(runner, [model("argos", "es>en"), model("argos", "en>pt")])
    texts = [asked("Hola.", "es", html=html), asked("I paid 956 euros.", html=html)]
    subject.translate_many(texts, Patience(seconds=7))
    assert len(runner.waited) > 3
    assert len({patience.until for patience in runner.waited}) == 1
    assert runner.waited[0].until < math.inf


def test_languages_are_those_of_the_models(runner: FakeRunner) -> None:
    subject = translator(runner, [model("argos", "es>en"), model("argos", "en>fr")])
    assert subject.languages() == (Offer("en", ("fr",)), Offer("es", ("en", "fr")))
    assert subject.can_translate("es", "fr")
    assert not subject.can_translate("fr", "es")


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (lambda _runner: [], "no translation model is installed"),
        (lambda runner: runner.broken.add("firefox-en>pt") or [ENGLISH], "it does not translate: engine_failed"),
        (lambda _runner: [ENGLISH], None),
    ],
)
def test_self_test_really_translates(
    runner: FakeRunner, prepare: Callable[[FakeRunner], list[object]], problem: str | None
) -> None:
    assert translator(runner, prepare(runner)).self_test() == problem  # type: ignore[arg-type]
