"""A small phrasebook with the workshop on a real database, and readers to work in it."""

from dataclasses import dataclass, field
from pathlib import Path

from linkbridge.accounts.permissions import Actor, Role
from linkbridge.phrasebook.catalogue import Catalogue
from linkbridge.phrasebook.files import load_library
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.overlay import Place, find_phrase
from linkbridge.phrasebook.reviewers import Qualification, Reviewers
from linkbridge.phrasebook.revisions import Revision
from linkbridge.phrasebook.schema import Library, Status, Translation
from linkbridge.phrasebook.workshop import Workshop, state_of, text_at
from tests.support.accounts import World
from tests.unit.phrasebook.conftest import INSTRUMENTS, INTERFACE, INTERFACE_ES, RIGHTS, RIGHTS_ES

TITLE = Place("rights", "title", "es")
CONSULATE = Place("rights", "consulate", "es")
DEADLINE = Place("rights", "deadline", "es")
ENGLISH = Place("rights", "consulate", "en")
FRENCH = Place("rights", "consulate", "fr")


def write_books(folder: Path) -> Path:
    """Write the small phrasebooks into ``folder`` and return it."""
    for file, text in {
        "instruments.yaml": INSTRUMENTS,
        "rights/book.yaml": RIGHTS,
        "rights/es.po": RIGHTS_ES,
        "interface/book.yaml": INTERFACE,
        "interface/es.po": INTERFACE_ES,
    }.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@dataclass
class Bench:
    """The workshop over a folder of phrasebooks. Each call is a transaction of its own, as each request is."""

    world: World
    folder: Path
    readers: int = field(default=0)

    def __post_init__(self) -> None:
        audit = self.world.accounts.audit
        self.sessions = self.world.sessions
        self.delivered = load_library(self.folder)
        self.texts = LiveCatalogue(Catalogue(self.delivered))
        self.workshop = Workshop(clock=self.world.clock, texts=self.texts, audit=audit)
        self.reviewers = Reviewers(clock=self.world.clock, audit=audit)

    def reader(self, *tags: str, role: Role = Role.REVIEWER) -> Actor:
        """Return a new staff member who may review these languages."""
        self.readers += 1
        staff_id = self.world.add_staff(f"reader-{self.readers}@example.org", role)
        with self.sessions.transaction() as session:
            self.reviewers.set_languages(
                session,
                staff_id,
                dict.fromkeys(tags, Qualification.NATIVE.value),
                organisation_id=self.world.host,
                by=self.world.administrator,
            )
        return Actor(kind="staff", id=staff_id, role=role, organisation_id=self.world.host, is_host=True)

    @property
    def library(self) -> Library:
        """All texts as they are now."""
        with self.sessions.reading() as session:
            return self.workshop.library(session)

    def text(self, place: Place) -> Translation:
        """The text of a place as it is now."""
        found = text_at(self.library, place)
        assert found is not None
        return found

    def status(self, place: Place) -> Status:
        """The status that a reader would see."""
        found = find_phrase(self.library, place)
        assert found is not None
        return self.text(place).status_for(found[1])

    def base(self, place: Place) -> str:
        """The state that a page shows now."""
        library = self.library
        found = find_phrase(library, place)
        assert found is not None
        return state_of(text_at(library, place), found[1])

    def history(self, place: Place) -> tuple[Revision, ...]:
        """All that was done to a place, newest first."""
        with self.sessions.reading() as session:
            return self.workshop.history(session, place)

    def edit(
        self, place: Place, text: str, by: Actor, *, base: str | None = None, same: bool = False, remark: str = ""
    ) -> Revision:
        """Change a text that was just looked at."""
        seen = self.base(place) if base is None else base
        with self.sessions.transaction() as session:
            return self.workshop.edit(session, place, text, base=seen, by=by, same=same, remark=remark)

    def approve(self, place: Place, by: Actor, *, base: str | None = None) -> Revision:
        """Approve a text that was just looked at."""
        seen = self.base(place) if base is None else base
        with self.sessions.transaction() as session:
            return self.workshop.approve(session, place, base=seen, by=by)

    def reject(self, place: Place, by: Actor, remark: str = "It promises too much.") -> Revision:
        """Reject a text that was just looked at."""
        seen = self.base(place)
        with self.sessions.transaction() as session:
            return self.workshop.reject(session, place, base=seen, by=by, remark=remark)

    def comment(self, place: Place, by: Actor, remark: str) -> Revision:
        """Leave a comment."""
        with self.sessions.transaction() as session:
            return self.workshop.comment(session, place, by=by, remark=remark)

    def undo(self, place: Place, sequence: int, by: Actor) -> Revision:
        """Take a change back."""
        with self.sessions.transaction() as session:
            return self.workshop.undo(session, place, sequence, by=by)

    def save(self, place: Place, text: Translation, by: Actor) -> Revision:
        """Take a text over from an import."""
        with self.sessions.transaction() as session:
            return self.workshop.save(session, place, text, by=by)

    def look(self) -> None:
        """Let the pages of this process look for changes, if it is time."""
        now = self.world.clock.now()
        if self.texts.is_due(now):
            self.texts.refresh(self.sessions.reading, now)
