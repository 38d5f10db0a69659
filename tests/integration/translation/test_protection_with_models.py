"""With the models that come with LinkBridge, everything that must not change arrives."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from linkbridge.translation.engines.firefox import Firefox
from linkbridge.translation.markup import read_fragment
from linkbridge.translation.ports import EngineOptions, LanguagePair, LoadedModel, Places
from linkbridge.translation.protection import translate_protected

Translate = Callable[[Sequence[str]], list[tuple[str, ...]]]

SENTENCES = {
    "en": (
        "Please send it to {} before Friday.",
        "{} is what you need.",
        "The officer wrote {} on the paper and gave it to me.",
        "If you are afraid, use {}, and we will help you.",
        "You can choose {} or {}.",
        "{}: you must come with your children.",
        "Her document ({}) was taken by the police.",
        "Did you receive {} yesterday?",
        "Between {} and {}, the office in {} is closed.",
        "Thank you {}",
        "The lawyer said that {} was lost, but the court has not found it.",
        "Hello {}, your hearing is on {} at the court!",
    ),
    "pt": (
        "Por favor, envie para {} antes de sexta-feira.",
        "{} é o que precisa.",
        "O agente escreveu {} no papel e entregou-mo.",
        "Se tiver medo, use {} e nós ajudamos.",
        "Pode escolher {} ou {}.",
        "{}: tem de vir com os seus filhos.",
        "O documento dela ({}) foi levado pela polícia.",
        "Recebeu {} ontem?",
        "Entre {} e {}, o escritório em {} está fechado.",
        "Obrigado {}",
        "O advogado disse que {} se perdeu, mas o tribunal não o encontrou.",
        "Olá {}, a sua audiência é em {} no tribunal!",
    ),
}
KINDS = {
    "email": ("maria.silva@acnur.org", "k.o-neil+legal@unhcr.org", "a_b@iom.int", "info@example.co.uk", "x1@y.io"),
    "url": (
        "https://help.unhcr.org/x?id=1&l=pt#a",
        "www.gov.br/pf",
        "iom.int/rights",
        "acnur.net",
        "http://10.0.0.1:80/",
    ),
    "phone": ("+55 61 99123-4567", "(11) 3091-2233", "0800 772 0000", "+5511991234567", "211 234 567"),
    "date": ("2026-11-24", "24/11/2026", "24.11.26", "3-4-2025", "01/02/99"),
    "document": ("G123456-7", "FZ882134", "08505.012345/2026-11", "YB 445566", "123.456.789-09"),
    "emoji": ("😀", "👩‍👩‍👧", "🇧🇷", "👍🏽", "❤️"),
    "placeholder": ("{name}", "{{ x }}", "%(name)s", "$NAME", "%s"),
}


@pytest.fixture(scope="module", params=["en-pt", "pt-en"])
def direction(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Translate]]:
    source, _, target = request.param.partition("-")
    pair = LanguagePair(source, target)
    engine = Firefox()
    model = next(model for model in engine.find(Places(tmp_path_factory.mktemp("models"))) if pair in model.pairs)
    loaded: LoadedModel = engine.load(model, EngineOptions())
    yield source, partial(loaded.translate, pair=pair)
    loaded.close()


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_must_not_change_arrives(direction: tuple[str, Translate], kind: str) -> None:
    source, translate = direction
    sentences: list[str] = []
    wanted: list[list[str]] = []
    for round_number in range(5):
        for number, sentence in enumerate(SENTENCES[source]):
            values = [KINDS[kind][(round_number + number + i) % 5] for i in range(sentence.count("{}"))]
            parts = sentence.split("{}")
            sentences.append("".join(a + b for a, b in zip(parts, [*values, ""], strict=True)))
            wanted.append(values)
    outputs = translate_protected(sentences, translate)
    arrived = [
        all(output.text.count(value) == values.count(value) for value in values)
        for output, values in zip(outputs, wanted, strict=True)
    ]
    assert arrived.count(True) == 60
    assert not any(output.cut for output in outputs)


def test_tags_arrive_around_the_words_that_they_stood_around(direction: tuple[str, Translate]) -> None:
    source, translate = direction
    html, expected = {
        "en": (
            "<p>You have the <b>right</b> to see a <a href='/x'>lawyer</a>.</p>",
            "<p>Você tem o <b>direito</b> de ver um <a href='/x'>advogado</a>.</p>",
        ),
        "pt": (
            "<p>Tem o <b>direito</b> de falar com um <a href='/x'>advogado</a>.</p>",
            "<p>You have the <b>right</b> to speak to a <a href='/x'>lawyer</a>.</p>",
        ),
    }[source]
    fragment = read_fragment(html)
    outputs = [(output.text,) for output in translate_protected([*fragment.texts, *fragment.parts], translate)]
    hints = dict(zip(fragment.parts, outputs[1:], strict=True))
    assert fragment.fill(outputs[:1], hints) == (expected,)
