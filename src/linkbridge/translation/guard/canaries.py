"""Test sentences that a model must translate well before it is trusted: what harmed people elsewhere.

"Strongly disagree" became agree, 956 became 996, "do not sign" became sign, "I" became "we". The sentences are run once
when a model is loaded, and its answers are held against them like any other translation. Pure: who runs the model is
not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from linkbridge.kernel.tags import described_tag
from linkbridge.translation.guard.judge import check
from linkbridge.translation.results import Finding, Quality, Reason

FAILED_FROM = 0.25
"""A model fails in a direction where so large a share of its test sentences comes out wrong."""

CANARIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            "I strongly disagree.",
            "Do not sign this paper.",
            "I paid 956 euros.",
            "My son is 16 years old, not 18.",
            "I do not want to return to my country.",
            "I am in danger.",
            "The hearing is on 21 May at 9:30.",
            "Nobody told me that I have the right to a lawyer.",
        ),
        "es": (
            "No estoy de acuerdo.",
            "No firme este papel.",
            "Pagué 956 euros.",
            "Mi hijo tiene 16 años, no 18.",
            "No quiero volver a mi país.",
            "Yo estoy en peligro.",
            "La audiencia es el 21 de mayo a las 9:30.",
            "Nadie me dijo que tengo derecho a un abogado.",
        ),
        "pt": (
            "Não concordo.",
            "Não assine este papel.",
            "Eu paguei 956 euros.",
            "Meu filho tem 16 anos, não 18.",
            "Eu não quero voltar para o meu país.",
            "Eu estou em perigo.",
            "A audiência é no dia 21 de maio, às 9:30.",
            "Ninguém me disse que tenho direito a um advogado.",
        ),
        "fr": (
            "Je ne suis pas d'accord.",
            "Ne signez pas ce papier.",
            "J'ai payé 956 euros.",
            "Mon fils a 16 ans, pas 18.",
            "Je ne veux pas retourner dans mon pays.",
            "Je suis en danger.",
            "L'audience est le 21 mai à 9 h 30.",
            "Personne ne m'a dit que j'ai droit à un avocat.",
        ),
        "ar": (
            "لا أوافق.",
            "لا توقّع هذه الورقة.",
            "دفعت 956 يورو.",
            "عمر ابني 16 سنة وليس 18.",
            "لا أريد العودة إلى بلدي.",
            "أنا في خطر.",
        ),
        "ru": (
            "Я не согласен.",
            "Не подписывайте эту бумагу.",
            "Я заплатил 956 евро.",
            "Моему сыну 16 лет, а не 18.",
            "Я не хочу возвращаться в свою страну.",
            "Я в опасности.",
        ),
        "hi": (
            "मैं सहमत नहीं हूँ।",
            "इस कागज़ पर हस्ताक्षर मत कीजिए।",
            "मैंने 956 यूरो दिए।",
            "मेरा बेटा 16 साल का है, 18 का नहीं।",
            "मैं अपने देश वापस नहीं जाना चाहता।",
            "मैं खतरे में हूँ।",
        ),
        "fa": (
            "من موافق نیستم.",
            "این کاغذ را امضا نکنید.",
            "من 956 یورو دادم.",
            "پسرم 16 ساله است، نه 18 ساله.",
            "نمی‌خواهم به کشورم برگردم.",
            "من در خطر هستم.",
        ),
        "tr": (
            "Katılmıyorum.",
            "Bu kâğıdı imzalamayın.",
            "956 avro ödedim.",
            "Oğlum 16 yaşında, 18 değil.",
            "Ülkeme geri dönmek istemiyorum.",
            "Tehlikedeyim.",
        ),
        "bn": (
            "আমি একমত নই।",
            "এই কাগজে সই করবেন না।",
            "আমি 956 ইউরো দিয়েছি।",
            "আমি আমার দেশে ফিরে যেতে চাই না।",
            "আমি বিপদে আছি।",
        ),
        "am": (
            "አልስማማም።",
            "ይህን ወረቀት አይፈርሙ።",
            "956 ዩሮ ከፈልኩ።",
            "ወደ አገሬ መመለስ አልፈልግም።",
            "አደጋ ላይ ነኝ።",
        ),
        "zh-Hans": (
            "我不同意。",
            "请不要签这份文件。",
            "我付了956欧元。",
            "我儿子16岁，不是18岁。",
            "我不想回国。",
            "我有危险。",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A test sentence that came out wrong, and what the guard says of it."""

    source: str
    output: str
    findings: tuple[Finding, ...]


def canaries(source_tag: str) -> tuple[str, ...]:
    """Return the test sentences of a language; none where nobody wrote any."""
    return CANARIES.get(described_tag(source_tag), ())


def failures(outputs: Sequence[str], source_tag: str, target_tag: str) -> tuple[Failure, ...]:
    """Return which of a model's answers to ``canaries(source_tag)``, in the same order, are wrong.

    Raises:
        ValueError: there are not as many answers as sentences.
    """
    judged = (
        Failure(source, output, check(source, output, source_tag, target_tag))
        for source, output in zip(canaries(source_tag), outputs, strict=True)
    )
    return tuple(failure for failure in judged if failure.findings)


def judge_canaries(outputs: Sequence[str], source_tag: str, target_tag: str) -> tuple[Finding, ...]:
    """Return what follows for all that the model translates in this direction: a warning where it fails, or nothing.

    Raises:
        ValueError: there are not as many answers as sentences.
    """
    failed = len(failures(outputs, source_tag, target_tag))
    if not failed or failed < FAILED_FROM * len(outputs):
        return ()
    return (Finding(Reason.CANARY, Quality.SUSPECT),)
