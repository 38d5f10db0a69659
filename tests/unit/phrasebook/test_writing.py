"""Writing local changes back into files: they then say what files and changes said together, and nothing else moves."""

import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkbridge.kernel.errors import InvalidInput, Unavailable
from linkbridge.phrasebook.files import PhrasebookFileError, default_directory, load_library
from linkbridge.phrasebook.overlay import Place, with_changes
from linkbridge.phrasebook.schema import Origin, Review, Status, Translation
from linkbridge.phrasebook.writing import plan_write_back
from tests.support.workshop import CONSULATE, ENGLISH, FRENCH, write_books

DAY = date(2026, 12, 24)
SPANISH_WORDS = Translation("Puede pedirlo.", "You can ask us to tell your consulate.", DAY, origin=Origin.HUMAN)
ENGLISH_WORDS = Translation("Ask us.", "Ask us.", DAY, origin=Origin.HUMAN)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def changed_lines(before: bytes, after: bytes) -> tuple[set[str], set[str]]:
    old, new = set(before.decode().split("\n")), set(after.decode().split("\n"))
    return old - new, new - old


def canonical(folder: Path) -> Path:
    """Write every PO file of a folder as LinkBridge writes it, as those delivered are."""
    write_books(folder)
    library = load_library(folder)
    every = {
        Place(book, phrase, tag): replace(text, comments=(*text.comments, "x"))
        for (book, tag), texts in library.translations.items()
        for phrase, text in texts.items()
    }
    plan_write_back(folder, every).write()
    plan_write_back(
        folder, {place: replace(text, comments=text.comments[:-1]) for place, text in every.items()}
    ).write()
    assert load_library(folder) == library
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return canonical(tmp_path / "phrasebooks")


def test_nothing_changed_is_nothing_to_write(folder: Path) -> None:
    assert plan_write_back(folder, {}).files == ()
    library = load_library(folder)
    same = {CONSULATE: library.translations["rights", "es"]["consulate"]}
    assert plan_write_back(folder, same).files == ()


def test_changed_translation_changes_its_entry_and_the_date_of_its_file(folder: Path) -> None:
    before = contents(folder)
    plan = plan_write_back(folder, {CONSULATE: SPANISH_WORDS})
    assert contents(folder) == before
    assert [(file.path, file.places) for file in plan.files] == [("rights/es.po", (CONSULATE,))]
    assert plan.write() == (folder / "rights/es.po",)
    after = contents(folder)
    assert {path for path in after if after[path] != before.get(path)} == {"rights/es.po"}
    gone, new = changed_lines(before["rights/es.po"], after["rights/es.po"])
    assert new == {
        '"PO-Revision-Date: 2026-12-24 00:00+0000\\n"',
        "# date: 2026-12-24",
        'msgstr "Puede pedirlo."',
    }
    assert 'msgstr "Puede pedir que avisemos a su consulado."' in gone


def test_changed_english_changes_two_lines_of_its_book(folder: Path) -> None:
    before = contents(folder)
    readers = (Review("a", DAY), Review("b", DAY))
    plan = plan_write_back(folder, {ENGLISH: replace(ENGLISH_WORDS, status=Status.VERIFIED, reviewers=readers)})
    assert [file.path for file in plan.files] == ["rights/book.yaml"]
    plan.write()
    gone, new = changed_lines(before["rights/book.yaml"], contents(folder)["rights/book.yaml"])
    assert gone == {"    text: You can ask us to tell your consulate."}
    assert len(new) == 2
    assert "    text: Ask us." in new


def test_translators_find_the_new_english_where_a_language_lacks_the_phrase(folder: Path) -> None:
    plan_write_back(folder, {replace(FRENCH, phrase="title"): replace(SPANISH_WORDS, text="Vos droits")}).write()
    assert 'msgid "You can ask us to tell your consulate."' in (folder / "rights/fr.po").read_text()
    plan = plan_write_back(folder, {ENGLISH: ENGLISH_WORDS})
    assert [(file.path, file.places) for file in plan.files] == [
        ("rights/book.yaml", (ENGLISH,)),
        ("rights/fr.po", ()),
    ]
    plan.write()
    assert 'msgid "Ask us."' in (folder / "rights/fr.po").read_text()
    assert 'msgid "Ask us."' not in (folder / "rights/es.po").read_text()


def test_new_language_begins_a_file(folder: Path) -> None:
    french = replace(SPANISH_WORDS, text="Vous pouvez le demander.")
    plan_write_back(folder, {FRENCH: french}).write()
    assert load_library(folder).translations["rights", "fr"] == {"consulate": french}


def test_change_of_a_phrase_that_the_folder_lacks_is_named_and_left_out(folder: Path) -> None:
    unknown = Place("rights", "gone", "es")
    plan = plan_write_back(folder, {unknown: SPANISH_WORDS})
    assert (plan.files, plan.unknown) == ((), (unknown,))


def test_what_is_written_twice_changes_nothing_the_second_time(folder: Path) -> None:
    changes = {CONSULATE: SPANISH_WORDS, ENGLISH: ENGLISH_WORDS}
    plan_write_back(folder, changes).write()
    assert plan_write_back(folder, changes).files == ()


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (CONSULATE, replace(SPANISH_WORDS, comments=("status: verified",))),
        (CONSULATE, replace(SPANISH_WORDS, reviewers=(Review("a name", DAY),))),
        (CONSULATE, replace(SPANISH_WORDS, text="")),
        (ENGLISH, replace(ENGLISH_WORDS, reviewers=(Review("a name", DAY),))),
        (ENGLISH, replace(ENGLISH_WORDS, text=" Ask us.")),
    ],
)
def test_change_that_files_would_tell_differently_is_refused_and_nothing_written(
    folder: Path, place: Place, text: Translation
) -> None:
    before = contents(folder)
    with pytest.raises(InvalidInput):
        plan_write_back(folder, {place: text}).write()
    assert contents(folder) == before


def test_folder_with_faults_is_refused(folder: Path) -> None:
    (folder / "rights" / "book.yaml").write_text("id: rights")
    with pytest.raises(PhrasebookFileError):
        plan_write_back(folder, {CONSULATE: SPANISH_WORDS})


def test_folder_that_cannot_be_written_stays_as_it_was(folder: Path) -> None:
    plan = plan_write_back(folder, {CONSULATE: SPANISH_WORDS, ENGLISH: ENGLISH_WORDS})
    (folder / "rights" / ".es.po.new").mkdir()
    before = contents(folder)
    with pytest.raises(Unavailable):
        plan.write()
    assert contents(folder) == before


def test_delivered_phrasebooks_change_by_nothing_but_the_texts() -> None:
    directory = default_directory()
    library = load_library(directory)
    book = library.books[1]
    phrase = book.phrases[-1]
    english = Translation(f"{phrase.text} Really.", f"{phrase.text} Really.", DAY)
    amharic = replace(library.translations[book.id, "am"][phrase.id], date=DAY, origin=Origin.HUMAN)
    plan = plan_write_back(
        directory, {Place(book.id, phrase.id, "en"): english, Place(book.id, phrase.id, "am"): amharic}
    )
    for file in plan.files:
        gone, new = changed_lines((directory / file.path).read_bytes(), file.body)
        assert (len(gone), len(new)) == ((1, 2) if file.path.endswith(".yaml") else (1, 3))
    assert [file.path for file in plan.files] == [f"{book.id}/am.po", book.path]


PLACES = [
    Place(book, phrase, tag)
    for tag in ("en", "es", "fr")
    for book, phrase in (("rights", "title"), ("rights", "consulate"), ("rights", "deadline"), ("interface", "listen"))
]
LETTERS = st.sampled_from(string.ascii_letters + string.digits + string.punctuation + " ñ—“”·ክ日😀\u200d")
TEXTS = st.text(LETTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
REVIEWS = st.builds(Review, st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=9), st.dates())
COMMENTS = TEXTS.filter(lambda comment: ":" not in comment)


@st.composite
def changes(draw: st.DrawFn) -> dict[Place, Translation]:
    found = {}
    for place in draw(st.lists(st.sampled_from(PLACES), unique=True)):
        text = draw(TEXTS)
        found[place] = Translation(
            text=text,
            source=text if place.tag == "en" else draw(TEXTS),
            date=draw(st.dates()),
            status=draw(st.sampled_from(Status)),
            origin=draw(st.sampled_from(Origin)),
            reviewers=tuple(draw(st.lists(REVIEWS, max_size=2))),
            comments=() if place.tag == "en" else tuple(draw(st.lists(COMMENTS, max_size=2))),
            unsure=place.tag != "en" and draw(st.booleans()),
            same_as_source=place.tag != "en" and draw(st.booleans()),
        )
    return found


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=changes(), second=changes())
def test_files_written_back_say_what_files_and_changes_said_together(
    tmp_path: Path, first: dict[Place, Translation], second: dict[Place, Translation]
) -> None:
    folder = write_books(tmp_path / "phrasebooks")
    for path in folder.glob("*/fr.po"):
        path.unlink()
    for changed in (first, second):
        wanted = with_changes(load_library(folder), changed)
        plan_write_back(folder, changed).write()
        assert load_library(folder) == wanted
