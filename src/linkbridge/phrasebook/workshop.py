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
from linkbridge.kernel.text_checks import forbidden_characters
from linkbridge.phrasebook.checks import translation_errors
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.overlay import Place, find_phrase, with_changes
from linkbridge.phrasebook.review_queue import text_of
from linkbridge.phrasebook.reviewers import require_language
from linkbridge.phrasebook.revisions import (
    Action,
    Revision,
    add_revision,
    current_texts,
    history,
    lock_texts,
    undoable,
)
from linkbridge.phrasebook.schema import (
    SOURCE_TAG,
    Book,
    Library,
    Origin,
    Phrase,
    Review,
    Status,
    Translation,
    digest,
)

LONGEST_TEXT = 2_000
LONGEST_REMARK = 1_000
_ABOUT_THE_WORDS = ("back-translation:", "doubt:")
"""Comments on a wording, which say nothing of the next one."""


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
            InvalidInput: the text has faults; ``problem`` names the first one's code. Or nothing was changed: what
                readers approved must not be lost for that.
            Conflict: somebody changed the text or its English meanwhile.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        book, phrase, now = self._open(session, place, base, by)
        wording = text.strip()
        if now is not None and wording == now.text and now.status_for(phrase) is not Status.OUTDATED:
            raise InvalidInput("the wording is the same as before", field="text", problem="unchanged")
        comments = now.comments if now else ()
        fresh = Translation(
            text=wording,
            source=wording if place.tag == SOURCE_TAG else phrase.text,
            date=self._clock.now().date(),
            origin=Origin.HUMAN,
            comments=tuple(comment for comment in comments if not comment.lower().startswith(_ABOUT_THE_WORDS)),
            same_as_source=same and place.tag != SOURCE_TAG,
        )
        _refuse_faults(book, phrase, place, fresh)
        return self._add(session, place, Action.EDIT, fresh, by=by, remark=remark)

    def approve(self, session: Session, place: Place, *, base: str, by: Actor, remark: str = "") -> Revision:
        """Say that the text is right: the first reader makes it reviewed, a second, different one verified.

        Raises:
            InvalidInput: there is no text, or it has faults.
            Conflict: somebody changed it or its English meanwhile, or the actor has approved it already.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        book, phrase, now = self._open(session, place, base, by)
        if now is None:
            raise InvalidInput("there is no text to approve", field="text", problem="empty")
        is_trusted = now.status_for(phrase).rank >= Status.REVIEWED.rank
        reviewers = now.reviewers if is_trusted else ()
        if any(review.reviewer == by.id for review in reviewers):
            raise Conflict("you have approved this text already; verified needs a second, different reader")
        today = self._clock.now().date()
        readers = (*reviewers, Review(by.id, today))[-2:]
        approved = replace(
            now,
            source=now.text if place.tag == SOURCE_TAG else phrase.text,
            date=today,
            unsure=False,
            status=Status.VERIFIED if len(readers) > 1 else Status.REVIEWED,
            reviewers=readers,
        )
        _refuse_faults(book, phrase, place, approved)
        return self._add(session, place, Action.APPROVE, approved, by=by, remark=remark)

    def reject(self, session: Session, place: Place, *, base: str, by: Actor, remark: str) -> Revision:
        """Say what is wrong: the text is a draft again until somebody mends and approves it.

        Raises:
            InvalidInput: nothing says why.
            Conflict: somebody changed it or its English meanwhile.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase, or no text of it.
        """
        if not remark.strip():
            raise InvalidInput("say what is wrong with it", field="remark", problem="empty")
        _, _, now = self._open(session, place, base, by)
        if now is None:
            raise NotFound("there is no text of this phrase in this language")
        rejected = replace(now, date=self._clock.now().date(), status=Status.DRAFT, reviewers=())
        return self._add(session, place, Action.REJECT, rejected, by=by, remark=remark)

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
        """Take back a change of a text (``undoable`` lists which): it is again what it was before.

        An undo can be undone too. Before the first change the file counted, and it counts again, whatever it says now.

        Raises:
            Conflict: the text was changed after that.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase or no such change.
        """
        _, phrase, _ = self._open(session, place, None, by)
        changes = [revision for revision in history(session, place) if revision.action is not Action.COMMENT]
        numbers = [revision.sequence for revision in changes]
        if sequence not in numbers:
            raise NotFound("there is no such change")
        if sequence not in undoable(changes):
            raise Conflict("this text was changed after that; undo the newest change first")
        earlier = changes[numbers.index(sequence) + 1 :]
        if earlier and not earlier[0].as_delivered:
            return self._add(session, place, Action.UNDO, earlier[0].text, by=by, undoes=sequence)
        nothing = Translation(text="", source=phrase.text, date=self._clock.now().date())
        before = text_at(self._texts.delivered, place) or nothing
        return self._add(session, place, Action.UNDO, before, by=by, undoes=sequence, as_delivered=True)

    def save(self, session: Session, place: Place, text: Translation, *, by: Actor, action: str = "import") -> Revision:
        """Take over a text that an import has checked, with the status that the import lets it have.

        Raises:
            InvalidInput: the text has faults.
            NotAllowed: the actor does not review this language.
            NotFound: there is no such phrase.
        """
        book, phrase, _ = self._open(session, place, None, by)
        _refuse_faults(book, phrase, place, text)
        return self._add(session, place, Action(action), text, by=by)

    def _open(
        self, session: Session, place: Place, base: str | None, by: Actor
    ) -> tuple[Book, Phrase, Translation | None]:
        require_language(session, place.tag, by=by)
        if place.tag not in LANGUAGES:
            raise NotFound("there is no such language")
        lock_texts(session)
        library = with_changes(self._texts.delivered, current_texts(session, place))
        found = find_phrase(library, place)
        if found is None:
            raise NotFound("there is no such phrase")
        book, phrase = found
        now = text_at(library, place)
        if base is not None and base != state_of(now, phrase):
            raise Conflict("somebody changed this text while you worked on it; look at it again")
        return book, phrase, now

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
        as_delivered: bool = False,
    ) -> Revision:
        if len(remark) > LONGEST_REMARK:
            raise InvalidInput("this remark is too long", field="remark", problem="long")
        if forbidden_characters(remark, allowed="\n\r\t"):
            raise InvalidInput("this remark holds control characters", field="remark", problem="forbidden_character")
        revision = add_revision(
            session,
            place,
            action,
            text,
            by=by.reference,
            at=self._clock.now(),
            remark=remark.strip(),
            undoes=undoes,
            as_delivered=as_delivered,
        )
        self._audit.record(
            session,
            actor=by.reference,
            action=f"text.{action.value}",
            subject=str(revision.sequence),
            details={"text": place.key, "status": text.status.value},
        )
        self._texts.look_again_after(session)
        return revision


def _refuse_faults(book: Book, phrase: Phrase, place: Place, text: Translation) -> None:
    if not text.text.strip() or len(text.text) > LONGEST_TEXT:
        problem = "long" if text.text.strip() else "empty"
        raise InvalidInput("a text of this length cannot be used", field="text", problem=problem)
    for found in translation_errors(book, phrase, text, place.tag):
        raise InvalidInput(found.message, field="text", problem=found.code)


def text_at(library: Library, place: Place) -> Translation | None:
    """Return the text of a place, in English too, or ``None`` when there is none."""
    found = find_phrase(library, place)
    return text_of(library, *found, place.tag) if found else None


def state_of(text: Translation | None, phrase: Phrase) -> str:
    """Return a short name of what a reader sees: a text with its status, and the English of today.

    By it a change knows whether everything is still as its author saw it.
    """
    if text is None:
        return digest(["none", phrase.text])
    readers = ",".join(f"{review.reviewer} {review.date}" for review in text.reviewers)
    return digest([text.text, text.source, text.unsure, text.status, readers, phrase.text])
