"""What an import would do: nothing is approved by a file alone, and nobody's work is lost without a decision."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linkbridge.phrasebook.exchange.plan import Plan, PlannedText, Trust, Verdict, plan_import
from linkbridge.phrasebook.exchange.units import NEVER, TextUnit, units_of
from linkbridge.phrasebook.files import default_directory
from linkbridge.phrasebook.glossary_files import load_glossary
from linkbridge.phrasebook.schema import Library, Origin, Phrase, PhraseKind, Status, Translation, text_hash
from tests.support.exchange import BOOK, CALL, DAY, LAWYER, OURS, READERS, TODAY, library, sent, unit
from tests.support.texts import delivered_library

REVIEWED = replace(OURS, status=Status.REVIEWED, origin=Origin.HUMAN, reviewers=READERS[:1])
VERIFIED = replace(REVIEWED, status=Status.VERIFIED, reviewers=READERS)
EVERYONE = Trust(everyone=True)
OTHER = "Puede solicitar un abogado."


def plan(here: Library, *units: TextUnit, trust: Trust | None = None) -> Plan:
    return plan_import(here, units, today=TODAY, trust=trust)


def only(here: Library, given: TextUnit, trust: Trust | None = None) -> PlannedText:
    [text] = plan(here, given, trust=trust).texts
    return text


def verdict(here: Library, given: TextUnit, trust: Trust | None = None) -> tuple[Verdict, str]:
    text = only(here, given, trust)
    return text.verdict, text.reason


# --- new, changed, same


def test_text_that_is_missing_here_is_new() -> None:
    text = only(library(), unit(OTHER))
    assert (text.verdict, text.ours, text.theirs.text) == (Verdict.NEW, None, OTHER)


def test_text_is_saved_in_the_form_that_phrasebooks_have() -> None:
    assert only(library(), unit(" Tiene que pedir e\u0301l.\n")).theirs.text == "Tiene que pedir él."


def test_text_without_a_date_has_todays() -> None:
    assert only(library(), unit(OTHER, date=NEVER)).theirs.date == TODAY


def test_text_edited_by_them_alone_is_changed_with_both_sides_to_see() -> None:
    text = only(library(lawyer=OURS), sent(OURS, text=OTHER))
    assert (text.verdict, text.ours, text.theirs.text) == (Verdict.CHANGED, OURS, OTHER)


def test_what_we_sent_comes_back_the_same() -> None:
    here = library(lawyer=VERIFIED, title=replace(OURS, text="Derechos", source="Your rights", unsure=True))
    made = plan(here, *units_of(here, tags=["es"]))
    assert made.counts == {**dict.fromkeys(Verdict, 0), Verdict.SAME: 2}
    assert made.to_save(take_theirs=True) == ()


def test_text_written_with_other_code_points_is_the_same() -> None:
    ours = replace(OURS, text="Tiene que pedir él.")
    assert only(library(lawyer=ours), sent(ours, text="Tiene que pedir e\u0301l. ")).verdict is Verdict.SAME


def test_text_that_they_did_not_edit_does_not_undo_what_we_did_since() -> None:
    newer = replace(OURS, text=OTHER, date=DAY + timedelta(days=1))
    expected = (Verdict.SAME, "it was not edited there; ours is newer")
    assert verdict(library(lawyer=newer), sent(OURS, text=OURS.text)) == expected


def test_text_that_another_installation_sent_as_it_is_waits_for_a_decision() -> None:
    expected = (Verdict.CONFLICT, "it was not edited since it was sent out, and ours is another text")
    assert verdict(library(lawyer=replace(OURS, text=OTHER)), sent(OURS, text=OURS.text)) == expected


def test_units_not_translated_are_left_out() -> None:
    assert plan(library(), unit(" ")).texts == ()


# --- conflicts


def test_text_edited_on_both_sides_is_a_conflict() -> None:
    ours = replace(OURS, text="Puede tener un abogado.")
    expected = (Verdict.CONFLICT, "ours was changed since this was sent out")
    assert verdict(library(lawyer=ours), sent(OURS, text=OTHER)) == expected


@pytest.mark.parametrize(("ours", "name"), [(REVIEWED, "reviewed"), (VERIFIED, "verified")])
def test_edited_text_in_the_place_of_an_approved_one_is_a_conflict(ours: Translation, name: str) -> None:
    expected = (Verdict.CONFLICT, f"ours is {name}, theirs draft")
    assert verdict(library(lawyer=ours), sent(ours, text=OTHER)) == expected


def test_text_of_unknown_history_is_a_conflict_when_ours_is_of_a_later_date() -> None:
    ours = replace(OURS, date=DAY + timedelta(days=1))
    expected = (Verdict.CONFLICT, "ours is of a later date")
    assert verdict(library(lawyer=ours), unit(OTHER)) == expected
    assert only(library(lawyer=OURS), unit(OTHER)).verdict is Verdict.CHANGED


def test_outdated_text_does_not_replace_a_current_one() -> None:
    expected = (Verdict.CONFLICT, "ours is draft, theirs outdated")
    assert verdict(library(lawyer=OURS), unit(OTHER, source="You may have a lawyer.")) == expected


def test_conflicts_are_saved_only_when_decided() -> None:
    made = plan(library(lawyer=VERIFIED), sent(VERIFIED, text=OTHER))
    assert made.to_save() == ()
    assert [text.theirs.text for text in made.to_save(take_theirs=True)] == [OTHER]


# --- approvals


def test_approvals_of_a_file_are_dropped_to_draft_with_the_reason() -> None:
    text = only(library(), unit(OTHER, status=Status.VERIFIED, reviewers=READERS))
    assert (text.verdict, text.theirs.status, text.theirs.reviewers) == (Verdict.NEW, Status.DRAFT, ())
    assert text.notes == ("not taken over as verified, but as draft: nobody whose approvals count here signed them",)


def test_approvals_of_a_trusted_sender_are_taken_over() -> None:
    given = unit(OTHER, status=Status.VERIFIED, reviewers=READERS)
    text = only(library(lawyer=OURS), given, EVERYONE)
    assert (text.verdict, text.theirs.status, text.theirs.reviewers) == (Verdict.CHANGED, Status.VERIFIED, READERS)
    assert text.notes == ()


def test_even_a_trusted_sender_cannot_claim_more_than_its_readers_allow() -> None:
    text = only(library(), unit(OTHER, status=Status.VERIFIED, reviewers=READERS[:1]), EVERYONE)
    assert text.theirs.status is Status.REVIEWED


def test_one_trusted_reader_of_two_makes_reviewed() -> None:
    given = unit(OTHER, status=Status.VERIFIED, reviewers=READERS)
    text = only(library(), given, Trust(reviewers=frozenset({"7f3a"})))
    assert (text.theirs.status, text.theirs.reviewers) == (Status.REVIEWED, READERS[:1])
    assert text.notes[0].startswith("not taken over as verified, but as reviewed:")


def test_approval_that_a_tool_carried_along_to_other_words_does_not_count() -> None:
    text = only(library(lawyer=VERIFIED), sent(VERIFIED, text=OTHER), Trust(reviewers=frozenset({"7f3a", "9c01"})))
    assert (text.verdict, text.theirs.status, text.theirs.reviewers) == (Verdict.CONFLICT, Status.DRAFT, ())


def test_import_of_the_same_words_never_takes_an_approval_away() -> None:
    given = sent(VERIFIED, text=VERIFIED.text)
    bare = replace(given, status=Status.DRAFT, reviewers=())
    assert verdict(library(lawyer=VERIFIED), bare) == (Verdict.SAME, "ours has a higher status")


def test_trusted_approval_of_the_same_words_is_added() -> None:
    text = only(library(lawyer=OURS), sent(VERIFIED, text=OURS.text), EVERYONE)
    assert (text.verdict, text.theirs) == (Verdict.CHANGED, VERIFIED)


def test_comments_on_the_same_words_are_added_and_none_is_lost() -> None:
    ours = replace(VERIFIED, comments=("one",))
    text = only(library(lawyer=ours), replace(sent(ours, text=ours.text), comments=("two",)))
    assert (text.verdict, text.theirs) == (Verdict.CHANGED, replace(ours, comments=("one", "two")))


def test_back_translation_of_our_words_does_not_stay_with_theirs() -> None:
    ours = replace(OURS, comments=("back-translation: You can ask for one.", "kept"))
    assert only(library(lawyer=ours), sent(ours, text=OTHER)).theirs.comments == ("kept",)


def test_only_a_trusted_sender_says_that_a_warning_does_not_matter() -> None:
    given = unit(OTHER, comments=("accepted: negation", "kept"))
    assert only(library(), given).theirs.comments == ("kept",)
    assert only(library(), given, EVERYONE).theirs.comments == given.comments


def test_doubts_about_the_words_are_shown_beside_them() -> None:
    book = replace(BOOK, phrases=(*BOOK.phrases, Phrase("rights", "free", PhraseKind.STATEMENT, "You must not pay.")))
    text = only(replace(library(), books=(book,)), unit("Debe pagar.", phrase="free", source="You must not pay."))
    assert text.verdict is Verdict.NEW
    assert text.notes == ("'free': the English says no or not, and the translation seems to say neither [negation]",)


# --- outdated and refused


def test_text_made_from_another_english_keeps_that_and_is_outdated() -> None:
    text = only(library(), unit(OTHER, source="You may have a lawyer.", status=Status.VERIFIED, reviewers=READERS))
    assert (text.verdict, text.theirs.source) == (Verdict.NEW, "You may have a lawyer.")
    assert text.notes[1] == "outdated: it was made from another English text than today's"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (unit(OTHER, phrase="none"), "there is no such phrase here"),
        (replace(unit(OTHER), book="none"), "there is no such phrase here"),
        (unit(OTHER, tag="mi"), "LinkBridge does not know this language"),
        (unit("a" * 2_001), "it, or a comment of it, is longer than 2000 characters"),
        (unit(OTHER, comments=("a" * 2_001,)), "it, or a comment of it, is longer than 2000 characters"),
        (unit(OTHER, unsure=True), "its tool marks it as unsure (fuzzy)"),
        (unit("Puede pedir {phone}."), "'lawyer' has {phone}, which English does not [unknown_placeholder]"),
        (unit("Llame.", phrase="call", source=CALL), "'call' lacks {phone} [missing_placeholder]"),
        (unit("Puede pedir 2 abogados."), "'lawyer': the numbers are 2, in English none [numbers_differ]"),
        (unit("محامي"), "'lawyer' is written in Arab, the language in Latn [wrong_script]"),
        (
            unit("Puede\u202e pedir."),
            "'lawyer' holds the invisible U+202E RIGHT-TO-LEFT OVERRIDE [bidi_control]",
        ),
        (unit("Puede\x1bpedir."), "'lawyer' holds the character U+001B unnamed [forbidden_character]"),
        (
            unit(LAWYER),
            "'lawyer' is the English text; if that is meant, add the comment 'identical: intended' [untranslated]",
        ),
    ],
)
def test_text_with_a_fault_is_refused_with_the_reason(given: TextUnit, why: str) -> None:
    assert verdict(library(), given, EVERYONE) == (Verdict.REFUSED, why)


def test_second_text_for_the_same_place_is_refused() -> None:
    made = plan(library(), unit(OTHER), unit("Otro."))
    assert [text.verdict for text in made.texts] == [Verdict.NEW, Verdict.REFUSED]
    assert made.texts[1].reason == "it stands in the file twice; the first one counts"


def test_english_is_never_changed_by_an_import() -> None:
    assert verdict(library(), unit(LAWYER, tag="en"))[0] is Verdict.SAME
    assert verdict(library(), unit("You get a lawyer.", tag="en"))[0] is Verdict.REFUSED


def test_fuzzy_text_of_ours_that_comes_back_confirmed_is_current_again() -> None:
    ours = replace(OURS, unsure=True)
    text = only(library(lawyer=ours), replace(sent(ours, text=ours.text), base=text_hash(ours.text)))
    assert (text.verdict, text.theirs.unsure) == (Verdict.CHANGED, False)


def test_counts_name_every_verdict() -> None:
    made = plan(library(lawyer=OURS), unit(OTHER), unit("Sus derechos", phrase="title", source="Your rights"))
    assert made.counts == {**dict.fromkeys(Verdict, 0), Verdict.NEW: 1, Verdict.CHANGED: 1}


# --- doubts that only the other texts or the glossary raise


def test_text_that_stands_for_another_english_one_is_noted() -> None:
    title = replace(OURS, text=OTHER, source="Your rights")
    text = only(library(title=title), unit(OTHER))
    assert (text.verdict, [note.split()[-1] for note in text.notes]) == (Verdict.NEW, ["[duplicate_text]"])


def test_lost_half_of_a_text_is_noted() -> None:
    here = delivered_library()
    cut = replace(_delivered("not-sent-to-danger"), text="Nadie puede hacerlo.")
    [text] = plan_import(here, [cut], today=TODAY).texts
    assert "[length]" in " ".join(text.notes)


def test_other_word_than_the_glossarys_is_noted() -> None:
    here, glossary = delivered_library(), load_glossary(default_directory())
    given = _delivered("consulate")
    other = replace(given, text=given.text.replace("consulado", "despacho"))
    assert "[terminology]" in " ".join(plan_import(here, [other], today=TODAY, glossary=glossary).texts[0].notes)
    assert "[terminology]" not in " ".join(plan_import(here, [other], today=TODAY).texts[0].notes)


def _delivered(phrase: str) -> TextUnit:
    units = units_of(delivered_library(), tags=["es"], books=["detention-rights"])
    return next(unit for unit in units if unit.phrase == phrase)
