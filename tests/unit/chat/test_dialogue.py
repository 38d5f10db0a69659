"""The dialogue as scripts, in thirteen languages: what the person sends and what comes back."""

import pytest

from linkbridge.chat.dialogue.commands import Command, command_words
from linkbridge.chat.dialogue.effects import AskInterpreter, BeginHandover, EndHandover, Erase, Forward, Subscribe
from linkbridge.chat.dialogue.memory import Memory, Step
from linkbridge.chat.messages import LONGEST_TEXT
from tests.support.chatting import Script, ScriptWorld
from tests.support.texts import delivered_catalogue

QUESTIONS = {
    "en": "I need a lawyer",
    "es": "necesito un abogado",
    "fr": "je veux un avocat",
    "pt": "preciso de advogado",
    "ar": "أريد محامي",
    "am": "ጠበቃ እፈልጋለሁ",
    "bn": "আমার উকিল দরকার",
    "hi": "मुझे वकील चाहिए",
    "so": "qareen baan u baahanahay",
    "sw": "nahitaji wakili",
    "ti": "ጠበቓ እደሊ",
    "ur": "مجھے وکیل چاہیے",
    "zh-Hans": "我需要律师",
}
LAWYERS = {"detention-rights.lawyer", "hearings-and-decisions.legal-help"}


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.mark.parametrize("tag", QUESTIONS)
def test_person_walks_through_the_chat(script: Script, tag: str) -> None:
    script.start(tag)
    assert script.texts[0].startswith(script.world.texts(tag).text("chat-hello"))
    assert script.choices[0] == f"language:{tag}"

    script.tap(f"language:{tag}")
    assert script.texts == [
        script.words("chat-hello"),
        script.words("chat-kept", days=30),
        script.words("chat-channel-reads", company="Telegram"),
        script.words("chat-delete-any-time", word=command_words(script.world.texts(tag), Command.DELETE)[0]),
        script.words("mark-draft"),
        script.words("chat-menu"),
    ]
    assert script.choices == ["read", "ask", "emergency", "office", "menu:1", "human"]

    script.tap("read")
    assert "notice:detention-rights" in script.choices
    script.tap("notice:detention-rights")
    notice = script.world.catalogue.notice("detention-rights", tag)
    assert script.texts == [notice.title.text, notice.phrases[0].text]
    assert script.last.replies[-1].mark == script.words("mark-draft")
    assert script.choices == ["position:1", "menu", "human"]

    script.say(QUESTIONS[tag])
    assert script.memory.step is Step.CANDIDATES
    assert LAWYERS & set(script.memory.keys)
    assert [choice.partition(":")[0] for choice in script.choices] == ["phrase", "phrase", "phrase", "none", "human"]
    chosen = script.memory.keys[0]
    script.tap(f"phrase:{chosen}")
    assert script.texts[-1] == delivered_catalogue().phrase(chosen, tag).text  # type: ignore[union-attr]

    script.say(command_words(script.world.texts(tag), Command.HUMAN)[0])
    assert script.choices == ["interpreter", "caseworker", "menu"]
    script.tap("caseworker")
    script.tap(f"organisation:{'a' * 32}")
    assert script.texts == [script.words("chat-handover-kept", organisation="Casa Segura", days=30)]
    script.tap("agree")
    assert list(script.effects) == [BeginHandover("a" * 32)]
    assert script.texts == [script.words("chat-waiting", organisation="Casa Segura")]
    script.say("…")
    assert list(script.effects) == [Forward("…")]
    assert script.texts == []

    script.say(command_words(script.world.texts(tag), Command.DELETE)[0])
    assert script.texts == [script.words("chat-delete-question")]
    script.tap("delete-yes")
    assert list(script.effects) == [Erase()]
    assert script.texts == [script.words("chat-deleted"), script.words("chat-channel-keeps", company="Telegram")]


@pytest.mark.parametrize("tag", delivered_catalogue().languages)
def test_words_for_what_is_always_possible_are_understood_in_every_language(tag: str) -> None:
    script = Script()
    texts = script.world.texts(tag)
    for word in command_words(texts, Command.DELETE):
        script.memory = Memory(step=Step.MENU, tag=tag, greeted=True)
        script.say(word)
        assert script.memory.step is Step.DELETE
    for word in command_words(texts, Command.HUMAN):
        script.memory = Memory(step=Step.NOTICES, tag=tag, greeted=True)
        script.say(f" {word}! ")
        assert script.memory.step is Step.HUMAN
    for word in command_words(texts, Command.LANGUAGE):
        script.memory = Memory(step=Step.COUNTRY, tag=tag, greeted=True)
        script.say(word)
        assert script.memory.step is Step.LANGUAGE
    for word in command_words(texts, Command.HELP):
        script.memory = Memory(step=Step.FACTS, tag=tag, greeted=True)
        script.say(word)
        assert script.memory.step is Step.MENU


def test_word_of_another_language_is_understood_before_one_is_chosen(script: Script) -> None:
    script.say("borrar")
    assert script.memory.step is Step.DELETE


def test_language_can_be_typed(script: Script) -> None:
    script.start()
    script.say("ትግርኛ")
    assert script.memory.tag == "ti"


def test_language_that_nobody_knows_is_asked_for_again(script: Script) -> None:
    script.start()
    script.say("Klingon")
    assert script.memory == Memory(step=Step.LANGUAGE, turn=2, before="")
    assert "no-language" in script.choices


def test_urgent_message_goes_first_and_is_not_kept(script: Script) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.say("me van a matar")
    assert script.memory.step is Step.URGENT
    assert script.texts == [script.words("chat-urgent"), script.words("chat-urgent-not-kept")]
    assert script.last.replies[-1].quotes
    assert "matar" not in str(script.memory.to_json())
    script.tap("urgent-send")
    script.tap(f"organisation:{'a' * 32}", quoted="me van a matar")
    script.tap("agree", quoted="me van a matar")
    assert list(script.effects) == [BeginHandover("a" * 32, is_urgent=True, text="me van a matar")]


def test_urgent_message_that_the_channel_does_not_hand_back_is_asked_for_again(script: Script) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.say("me van a matar")
    script.tap("urgent-send")
    script.tap(f"organisation:{'a' * 32}")
    script.tap("agree")
    assert script.texts == [script.words("chat-waiting", organisation="Casa Segura"), script.words("chat-write-again")]


def test_button_of_an_earlier_message_deletes_and_agrees_to_nothing(script: Script) -> None:
    script.memory = Memory(step=Step.DELETE, tag="es", greeted=True, turn=7)
    script.tap("delete-yes", turn=6)
    assert list(script.effects) == []
    assert script.texts[0] == script.words("chat-old-button")


def test_computer_is_silent_while_humans_have_the_conversation(script: Script) -> None:
    script.memory = Memory(step=Step.WAITING, tag="es", greeted=True, handed=True, organisation="a" * 32, turn=3)
    script.tap("read")
    assert script.memory.handed
    assert script.texts[0] == script.words("chat-old-button")
    script.tap("take-back")
    assert list(script.effects) == [EndHandover()]
    assert not script.memory.handed


def test_interpreter_is_asked_for(script: Script) -> None:
    script.memory = Memory(step=Step.MENU, tag="am", greeted=True)
    script.tap("human")
    script.tap("interpreter")
    script.tap(f"organisation:{'a' * 32}")
    assert list(script.effects) == [AskInterpreter("a" * 32, "am")]


def test_nobody_to_talk_to_is_said_plainly() -> None:
    script = Script(ScriptWorld(known_desks=()))
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.tap("human")
    assert script.texts == [script.words("chat-no-organisation")]
    assert script.choices == ["emergency", "office", "menu"]


def test_number_that_nobody_confirmed_is_absent(script: Script) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.tap("emergency")
    script.say("panama")
    assert script.texts == [script.words("chat-no-numbers", country="Panamá")]


def test_news_are_wanted_and_stopped(script: Script) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.tap("notice:detention-rights")
    script.tap("position:99")
    assert script.texts == [script.words("chat-end-of-text"), script.words("chat-news-question")]
    script.tap("news-yes")
    assert list(script.effects) == [Subscribe("detention-rights")]
    script.tap("stop")
    assert list(script.effects) == [Subscribe()]
    script.say("no más mensajes")
    assert list(script.effects) == [Subscribe()]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("🙏🙏🙏", "chat-choose-or-write"),
        ("???", "chat-choose-or-write"),
        ("x" * (LONGEST_TEXT + 1), "chat-too-long"),
        ("a " * 32_768, "chat-too-long"),
    ],
)
def test_what_cannot_be_read_is_answered(script: Script, text: str, answer: str) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.say(text)
    assert script.texts[0] == script.words(answer)


@pytest.mark.parametrize("text", ["\u202emucho\u202c gusto", "<b>abogado</b>", "abogado محامي lawyer", "\x00\ud800"])
def test_strange_text_gets_some_answer(script: Script, text: str) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.say(text)
    assert script.texts
    assert all(text not in reply for reply in script.texts)


def test_voice_message_is_answered_politely(script: Script) -> None:
    script.memory = Memory(step=Step.MENU, tag="es", greeted=True)
    script.send_media()
    assert script.texts == [script.words("chat-only-text"), script.words("chat-menu")]


def test_memory_of_another_version_begins_at_the_menu() -> None:
    kept = Memory(step=Step.NOTICE, tag="am", turn=4).to_json() | {"version": 0}
    assert Memory.from_json(kept) == Memory(step=Step.MENU, tag="am", turn=4, greeted=True)
    assert Memory.from_json({"tag": "am"}) == Memory(step=Step.MENU, tag="am", greeted=True)
