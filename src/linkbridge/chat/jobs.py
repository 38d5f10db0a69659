"""The chat's jobs: sending what is due, saying that nobody has come, and telling of changed texts."""

from collections.abc import Callable, Mapping

from linkbridge.chat.handovers import LATE_JOB
from linkbridge.chat.sending import SEND_JOB
from linkbridge.chat.service import NEWS_JOB, Chat
from linkbridge.kernel.db import SessionFactory
from linkbridge.kernel.jobs import JobQueue

MOST_ROUNDS = 10_000


class ChatJobs:
    """The handlers. Each may be repeated as a whole."""

    def __init__(self, *, sessions: SessionFactory, jobs: JobQueue, chat: Chat) -> None:
        self._sessions = sessions
        self._jobs = jobs
        self._chat = chat

    @property
    def handlers(self) -> Mapping[str, Callable[..., None]]:
        """The handlers by the names of their jobs."""
        return {SEND_JOB: self.send, LATE_JOB: self.tell_late, NEWS_JOB: self.tell_changes}

    def send(self, conversation_id: str, turn: int = 0) -> None:
        """Send what waits for one person; what a channel did not take is tried again later."""
        wait = self._chat.sender.send(conversation_id)
        if wait is not None and turn < MOST_ROUNDS:
            key = f"{conversation_id}-{self._chat.sender.first_waiting(conversation_id)}-{turn + 1}"
            with self._sessions.transaction() as session:
                self._jobs.enqueue(session, SEND_JOB, key, conversation_id, turn + 1, delay=wait)

    def tell_late(self, handover_id: str) -> None:
        """Tell a person that nobody has answered in time."""
        with self._sessions.transaction() as session:
            self._chat.tell_late(session, handover_id)

    def tell_changes(self, _turn: str = "") -> None:
        """Tell everybody who follows a notice that has changed, a hundred at a time."""
        for _ in range(MOST_ROUNDS):
            with self._sessions.transaction() as session:
                if not self._chat.tell_changes(session):
                    return

    def requeue_lost(self) -> int:
        """Ask anew for jobs of messages that should have gone out a while ago; return how many."""
        lost = self._chat.sender.overdue()
        for conversation_id in lost:
            with self._sessions.transaction() as session:
                key = f"{conversation_id}-lost-{self._chat.sender.first_waiting(conversation_id)}"
                self._jobs.enqueue(session, SEND_JOB, key, conversation_id)
        return len(lost)
