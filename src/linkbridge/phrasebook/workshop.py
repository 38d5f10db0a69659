"""The workshop: how a draft becomes a text that two qualified readers have verified, and how that is taken back.

Every change is a revision with its author; none is ever overwritten. What a reader approved is the text together with
the English that it was made from: when either changes, the approval no longer counts.
"""

from dataclasses import replace

from sqlmodel import Session

from linkbridge.accounts.audit import AuditLog
from linkbridge.accounts.permissions import Actor
from linkbridge.kernel.clock import Clock
from linkbridge.kernel.errors import Conflict, InvalidInput, NotFound
from linkbridge.kernel.languages import LANGUAGES
from linkbridge.phrasebook.catalogue import source_as_translation
from linkbridge.phrasebook.checks import translation_errors
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.overlay import Place, find_phrase, with_changes
from linkbridge.phrasebook.reviewers import require_language
from linkbridge.phrasebook.revisions import Action, Revision, add_revision, current_texts, history
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Book,
    Library,
    Origin,
    Phrase,
    Review,
    Status,
    Translation,
    text_hash,
)

LONGEST_TEXT = 2_000
LONGEST_REMARK = 1_000


class Workshop:
    """Changes of texts, each by a reviewer of its language."""

    def __init__(self, *, clock: Clock, texts: LiveCatalogue, audit: AuditLog) -> None:
        self._clock = clock
        self._texts = texts
        self._audit = audit

    def library(self, session: Session) -> Library:
        """Return all texts as this transaction sees them, with every local change."""
        return with_changes(self._texts.delivered, current_texts(session))

    def history(self, session: Session, place: Place) -> tuple[Revision, ...]:
        """Return what was done to a text, newest first."""
        return history(session, place)

    def edit(
        self, session: Session, place: Place, text: str, *, base: str, by: Actor, remark: str = "", same: bool = False
    ) -> Revision:
        """Write a new wording. It is a draft by a person, and what readers approved before counts no longer.

        ``base`` is the state that the author saw (``state_of``). ``same``: that it equals the English is meant.

        Raises:
            InvalidInput: the text has faults; ``problem`` names the first one's code.
            Conflict: somebody changed the text meanwhile.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        book, phrase, now = self._open(session, place, base, by)
        wording = text.strip()
        if not wording or len(wording) > LONGEST_TEXT:
            raise InvalidInput(
                "a text of this length cannot be used", field="text", problem="long" if wording else "empty"
            )
        source = wording if place.tag == SOURCE_TAG else phrase.text
        fresh = Translation(
            text=wording,
            source=source,
            date=self._clock.now().date(),
            origin=Origin.HUMAN,
            comments=now.comments if now else (),
            same_as_source=same,
        )
        self._refuse_faults(book, phrase, place, fresh)
        return self._add(session, place, Action.EDIT, fresh, by=by, remark=remark)

    def approve(self, session: Session, place: Place, *, base: str, by: Actor, remark: str = "") -> Revision:
        """Say that the text is right: the first reader makes it reviewed, a second, different one verified.

        Raises:
            InvalidInput: there is no text, or it has faults.
            Conflict: somebody changed it meanwhile, or the actor has approved it already.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        book, phrase, now = self._open(session, place, base, by)
        if now is None:
            raise InvalidInput("there is no text to approve", field="text", problem="empty")
        self._refuse_faults(book, phrase, place, now)
        reviewers = now.reviewers if now.is_made_from(phrase) else ()
        if any(review.reviewer == by.id for review in reviewers):
            raise Conflict("you have approved this text already; verified needs a second, different reader")
        readers = (*reviewers, Review(by.id, self._clock.now().date()))[-2:]
        approved = replace(
            now,
            source=now.text if place.tag == SOURCE_TAG else phrase.text,
            unsure=False,
            status=Status.VERIFIED if len(readers) > 1 else Status.REVIEWED,
            reviewers=readers,
        )
        return self._add(session, place, Action.APPROVE, approved, by=by, remark=remark)

    def reject(self, session: Session, place: Place, *, base: str, by: Actor, remark: str) -> Revision:
        """Say what is wrong: the text is a draft again until somebody mends and approves it.

        Raises:
            InvalidInput: nothing says why.
            Conflict: somebody changed it meanwhile.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase, or no text of it.
        """
        if not remark.strip():
            raise InvalidInput("say what is wrong with it", field="remark", problem="empty")
        _, _, now = self._open(session, place, base, by)
        if now is None:
            raise NotFound("there is no text of this phrase in this language")
        return self._add(
            session, place, Action.REJECT, replace(now, status=Status.DRAFT, reviewers=()), by=by, remark=remark
        )

    def comment(self, session: Session, place: Place, *, by: Actor, remark: str) -> Revision:
        """Leave a remark for other readers; the text stays as it is.

        Raises:
            InvalidInput: there is no remark.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        if not remark.strip():
            raise InvalidInput("there is nothing in the comment", field="remark", problem="empty")
        _, phrase, now = self._open(session, place, None, by)
        text = now or Translation(text="", source=phrase.text, date=self._clock.now().date())
        return self._add(session, place, Action.COMMENT, text, by=by, remark=remark)

    def undo(self, session: Session, place: Place, sequence: int, *, by: Actor) -> Revision:
        """Take back the newest change of a text: it is again what it was before. An undo can be undone.

        Raises:
            Conflict: the change is not the newest any more.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such change, or nothing was there before it.
        """
        self._open(session, place, None, by)
        changes = [revision for revision in history(session, place) if revision.action is not Action.COMMENT]
        if sequence not in {revision.sequence for revision in changes}:
            raise NotFound("there is no such change")
        if changes[0].sequence != sequence:
            raise Conflict("this text was changed after that; undo the newest change first")
        before = changes[1].text if len(changes) > 1 else self._delivered(place)
        if before is None:
            raise NotFound("there was no text before this change")
        return self._add(session, place, Action.UNDO, before, by=by, undoes=sequence)

    def save(self, session: Session, place: Place, text: Translation, *, by: Actor, action: str = "import") -> Revision:
        """Take over a text that an import has checked, with the status that the import lets it have.

        Raises:
            InvalidInput: the text has faults.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        book, phrase, _ = self._open(session, place, None, by)
        self._refuse_faults(book, phrase, place, text)
        return self._add(session, place, Action(action), text, by=by)

    def _open(
        self, session: Session, place: Place, base: str | None, by: Actor
    ) -> tuple[Book, Phrase, Translation | None]:
        require_language(session, place.tag, by=by)
        if place.tag not in LANGUAGES:
            raise NotFound("there is no such language")
        library = self.library(session)
        found = find_phrase(library, place)
        if found is None:
            raise NotFound("there is no such phrase")
        book, phrase = found
        now = text_at(library, place)
        if base is not None and base != state_of(now):
            raise Conflict("somebody changed this text while you worked on it; look at it again")
        return book, phrase, now

    def _delivered(self, place: Place) -> Translation | None:
        return text_at(self._texts.delivered, place)

    def _refuse_faults(self, book: Book, phrase: Phrase, place: Place, text: Translation) -> None:
        for problem in translation_errors(book, phrase, text, place.tag):
            raise InvalidInput(problem.message, field="text", problem=problem.code)

    def _add(
        self,
        session: Session,
        place: Place,
        action: Action,
        text: Translation,
        *,
        by: Actor,
        remark: str = "",
        undoes: int | None = None,
    ) -> Revision:
        if len(remark) > LONGEST_REMARK:
            raise InvalidInput("this remark is too long", field="remark", problem="long")
        revision = add_revision(
            session, place, action, text, by=by.reference, at=self._clock.now(), remark=remark.strip(), undoes=undoes
        )
        self._audit.record(
            session,
            actor=by.reference,
            action=f"text.{action.value}",
            subject=str(revision.sequence),
            details={"text": place.key, "status": text.status.value},
        )
        self._texts.look_again()
        return revision


def text_at(library: Library, place: Place) -> Translation | None:
    """Return the text of a place, in English too, or ``None`` when there is none."""
    found = find_phrase(library, place)
    if found is None:
        return None
    book, phrase = found
    if place.tag == SOURCE_TAG:
        return source_as_translation(book, phrase)
    return library.translations.get((place.book, place.tag), {}).get(place.phrase)


def state_of(text: Translation | None) -> str:
    """Return a short name of a text's state, by which a change knows whether it is still what its author saw."""
    if text is None:
        return "none"
    readers = ",".join(f"{review.reviewer} {review.date}" for review in text.reviewers)
    return text_hash(f"{text.text}|{text.source}|{text.status}|{readers}")
