"""What people ask, by language and by the phrase that answers it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SampleQuestions:
    """Sample questions of all languages."""

    questions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )

    def of(self, tag: str) -> Mapping[str, tuple[str, ...]]:
        """Return the questions of a language by phrase, none where nobody has written any."""
        return self.questions.get(tag, {})
