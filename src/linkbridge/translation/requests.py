"""What is asked of the translator."""

from dataclasses import dataclass

from linkbridge.phrasebook.glossary import Domain


@dataclass(frozen=True, slots=True)
class TranslationRequest:
    """A text to translate.

    Without a ``source`` its language is identified, sentence by sentence. ``html`` keeps the markup of a fragment.
    Up to ``alternatives`` other translations are wanted. ``domain`` narrows the glossary. ``use_phrases`` of ``False``
    asks the machine even where the phrasebooks or the memory have the words, as a back-translation must.
    """

    text: str
    source: str | None
    target: str
    html: bool = False
    alternatives: int = 0
    domain: Domain | None = None
    use_phrases: bool = True
