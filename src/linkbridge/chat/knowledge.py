"""What the chat knows of the world now: the port ``World`` over the phrasebooks, the facts and the organisations."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from linkbridge.accounts.directory import Directory
from linkbridge.chat.dialogue.world import Desk
from linkbridge.chat.models import ChatDesk
from linkbridge.kernel.errors import NotFound
from linkbridge.kernel.languages import babel_locale, find_language
from linkbridge.phrasebook.facts import Fact, FactKey
from linkbridge.phrasebook.interface import InterfaceTexts
from linkbridge.phrasebook.live import LiveCatalogue
from linkbridge.phrasebook.live_facts import LiveFacts
from linkbridge.phrasebook.matching.urgency import UrgencyKind, UrgencyLists
from linkbridge.phrasebook.policy import PublicationPolicy
from linkbridge.phrasebook.schema import SOURCE_TAG, NoticeText, PhraseText, Status
from linkbridge.phrasebook.speech import Speech
from linkbridge.translation.identification import Guess

if TYPE_CHECKING:
    from linkbridge.phrasebook.matching.finder import PhraseFinder

OFFICES = (FactKey.ASYLUM_AUTHORITY, FactKey.OMBUDSPERSON, FactKey.UNHCR, FactKey.IOM)
_LIKELY = 4
_SURE_ENOUGH = 5.0


class Knowledge:
    """Everything that a dialogue asks, for one message: what is read from the database is read once."""

    def __init__(
        self,
        session: Session,
        *,
        catalogue: LiveCatalogue,
        facts: LiveFacts,
        countries: Sequence[str],
        policy: PublicationPolicy,
        finder: "Callable[[], PhraseFinder]",
        urgent: Callable[[], UrgencyLists],
        identify: Callable[[str], Sequence[Guess]],
        speech: Speech,
        places: Directory,
        any_interpreter: Callable[[Session], bool],
        state_days: int,
        message_days: int,
    ) -> None:
        self._session = session
        self._catalogue = catalogue
        self._facts = facts
        self._countries = countries
        self._policy = policy
        self._finder = finder
        self._urgent = urgent
        self._identify = identify
        self._speech = speech
        self._places = places
        self._any_interpreter = any_interpreter
        self.state_days = state_days
        self.message_days = message_days

    @property
    def languages(self) -> Sequence[str]:
        """The languages that have every word of the chat, most speakers first."""
        return self._catalogue.languages

    def texts(self, tag: str) -> InterfaceTexts:
        """Return the words of the chat in a language."""
        return self._catalogue.interface(tag)

    def guess_languages(self, text: str, hints: Sequence[str]) -> Sequence[str]:
        """Return the languages of the text, then those of the device."""
        written = [guess.tag for guess in self._identify(text) if guess.confidence >= _SURE_ENOUGH] if text else []
        known = [language.tag for hint in hints if (language := find_language(hint)) is not None]
        return [tag for tag in dict.fromkeys([*written, *known]) if tag in self.languages][:_LIKELY]

    def notices(self, tag: str) -> Sequence[NoticeText]:
        """Return the notices that the public may be shown in a language."""
        found = (self._shown(notice_id, tag) for notice_id in self._catalogue.notice_ids)
        return [notice for notice in found if notice is not None]

    def _shown(self, notice_id: str, tag: str) -> NoticeText | None:
        """Return a notice if it exists in a language and the public may be shown it there."""
        try:
            notice = self._catalogue.notice(notice_id, tag)
        except NotFound:
            return None
        return notice if self._policy.allows(notice) else None

    def phrase(self, key: str, tag: str) -> PhraseText | None:
        """Return a phrase of a notice that the public may be shown."""
        return self._catalogue.phrase(key, tag) if self._shown(_notice_of(key), tag) else None

    def answers(self, text: str, tag: str) -> Sequence[str]:
        """Return the phrases that may answer, of those that may be shown."""
        shown = {notice.id for notice in self.notices(tag)}
        if not shown:
            return ()
        return [found.key for found in self._finder().find(text, tag) if _notice_of(found.key) in shown]

    def urgency(self, text: str, tag: str) -> Sequence[UrgencyKind]:
        """Return what cannot wait: by the lists of the chosen language, of the one written in, and of English."""
        written = [guess.tag for guess in self._identify(text)[:2]]
        return self._urgent().kinds(text, dict.fromkeys([tag, *written, SOURCE_TAG]))

    def countries(self, tag: str) -> Sequence[tuple[str, str]]:
        """Return the countries of which something is known, by their names in the language."""
        names = babel_locale(tag).territories
        return sorted(((code, str(names.get(code, code))) for code in self._countries), key=lambda each: each[1])

    def numbers(self, country: str) -> Sequence[Fact]:
        """Return the emergency numbers that an administrator has confirmed."""
        return self._facts.of(country)[FactKey.EMERGENCY_NUMBER] if country else ()

    def offices(self, country: str) -> Sequence[Fact]:
        """Return the offices that an administrator has confirmed."""
        told = self._facts.of(country) if country else {}
        return [fact for key in OFFICES for fact in told.get(key, ())]

    def desks(self) -> Sequence[Desk]:
        """Return the organisations that answer chats, by name."""
        ids = self._session.exec(select(ChatDesk.organisation_id).where(col(ChatDesk.is_open))).all()
        names = self._places.organisation_names(self._session) if ids else {}
        return sorted((Desk(each, names[each]) for each in ids if each in names), key=lambda desk: desk.name)

    def has_interpreters(self) -> bool:
        """Whether there is an interpreter to ask."""
        return self._any_interpreter(self._session)

    def has_audio(self, key: str, tag: str) -> bool:
        """Whether a phrase can be heard: read by a person, or by the machine."""
        phrase = self.phrase(key, tag)
        return phrase is not None and self._speech.find(phrase) is not None

    def mark(self, phrase: PhraseText) -> str:
        """Return the sentence that says how far a phrase can be trusted; verified ones need none."""
        return "" if phrase.status is Status.VERIFIED else self.texts(phrase.tag).mark(phrase.status, phrase.origin)


def _notice_of(key: str) -> str:
    return key.partition(".")[0]
