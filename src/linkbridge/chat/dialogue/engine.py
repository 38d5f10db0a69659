"""The dialogue engine: one message in, replies and effects out. Pure; it knows no channel and no database."""

from collections.abc import Callable
from dataclasses import replace

from linkbridge.chat.dialogue import humans, screens
from linkbridge.chat.dialogue.commands import Command, Commands, command_words
from linkbridge.chat.dialogue.effects import Erase, Forward, Subscribe
from linkbridge.chat.dialogue.memory import Memory, Step
from linkbridge.chat.dialogue.scene import Scene, Turn
from linkbridge.chat.dialogue.typed import find_country, find_typed_language, is_worth_reading
from linkbridge.chat.dialogue.world import ChannelFacts, World
from linkbridge.chat.messages import LONGEST_TEXT, Inbound, InboundKind

FINAL = frozenset({"agree", "delete-yes", "take-back"})
"""Choices that are only taken from the newest message: what they do can't be taken back."""


class Dialogue:
    """Answers the messages of one channel."""

    def __init__(self, world: World, channel: ChannelFacts, commands: Commands) -> None:
        self._world = world
        self._channel = channel
        self._commands = commands

    def answer(self, memory: Memory, inbound: Inbound) -> Turn:
        """Return what a message leads to."""
        scene = Scene(memory, self._world, self._channel)
        if inbound.kind is InboundKind.CHOICE:
            self._choose(scene, inbound)
        elif inbound.kind is InboundKind.MEDIA:
            self._refuse_media(scene)
        elif inbound.kind is InboundKind.START:
            self._start(scene, inbound)
        else:
            self._read(scene, inbound)
        return scene.end()

    def show(self, memory: Memory) -> Turn:
        """Return the screen of the step at which the conversation is, as it would be shown anew."""
        scene = Scene(memory, self._world, self._channel)
        self._show(scene)
        return scene.end()

    def _start(self, scene: Scene, inbound: Inbound) -> None:
        if not scene.memory.tag:
            screens.show_languages(scene, tuple(self._world.guess_languages("", inbound.hints)))
        elif scene.memory.handed:
            humans.show_waiting(scene)
        else:
            screens.show_menu(scene)

    def _refuse_media(self, scene: Scene) -> None:
        scene.say("chat-only-text")
        if not scene.memory.handed:
            self._show(scene)

    def _read(self, scene: Scene, inbound: Inbound) -> None:
        """Understand what was typed: a command first, then what cannot wait, then what the step asks for."""
        text = inbound.text.strip()
        command = self._commands.find(text, scene.memory.tag)
        if command is not None:
            self._obey(scene, command)
        elif scene.memory.handed:
            self._forward(scene, text)
        elif len(text) > LONGEST_TEXT:
            scene.say("chat-too-long")
            self._show(scene)
        elif not scene.memory.tag or scene.memory.step is Step.LANGUAGE:
            self._read_language(scene, text, inbound)
        else:
            self._answer_question(scene, text)

    def _forward(self, scene: Scene, text: str) -> None:
        """Hand a message to the humans, unless the person was asked for a language and named one."""
        named = find_typed_language(text, self._world.languages) if scene.memory.step is Step.LANGUAGE else ""
        if named:
            self._speak(scene, named)
            return
        scene.do(Forward(text[:LONGEST_TEXT]))
        scene.memory = scene.memory.at(Step.WAITING)

    def _read_language(self, scene: Scene, text: str, inbound: Inbound) -> None:
        named = find_typed_language(text, self._world.languages)
        if named:
            self._speak(scene, named)
            return
        likely = tuple(self._world.guess_languages(text, inbound.hints))
        if scene.memory.tag and scene.memory.greeted:
            scene.say("chat-other-language")
        scene.memory = replace(scene.memory, page=0)
        screens.show_languages(scene, likely)

    def _answer_question(self, scene: Scene, text: str) -> None:
        if self._world.urgency(text, scene.tag):
            screens.show_urgent(scene)
            return
        if scene.memory.step is Step.COUNTRY and (code := find_country(text, self._world.countries(scene.tag))):
            scene.memory = replace(scene.memory, country=code)
            screens.show_facts(scene)
            return
        keys = tuple(self._world.answers(text, scene.tag)) if is_worth_reading(text) else ()
        if keys:
            scene.memory = replace(scene.memory, keys=keys)
            screens.show_candidates(scene)
        elif is_worth_reading(text):
            scene.say("chat-no-answer")
            scene.offer((("read", "chat-read", "1F4D6"), ("ask", "chat-ask", "2754")))
        else:
            scene.say("chat-choose-or-write")
            self._show(scene)

    def _obey(self, scene: Scene, command: Command) -> None:
        if command is Command.DELETE:
            screens.show_delete(scene)
        elif command is Command.LANGUAGE:
            screens.show_languages(scene)
        elif command is Command.STOP:
            self._stop_news(scene)
        elif scene.memory.handed:
            humans.show_waiting(scene)
        elif not scene.memory.tag:
            screens.show_languages(scene)
        elif command is Command.HUMAN:
            humans.show_humans(scene)
        else:
            screens.show_menu(scene)

    def _stop_news(self, scene: Scene) -> None:
        scene.do(Subscribe())
        scene.say("chat-news-off")
        self._show(scene)

    def _choose(self, scene: Scene, inbound: Inbound) -> None:
        """Do what a tapped choice says. One of an earlier message is harmless."""
        name, _, argument = inbound.choice.partition(":")
        is_old = inbound.turn < scene.memory.turn
        handler = self._handlers().get(name)
        needs_language = name not in {"language", "languages", "no-language"}
        in_handover = scene.memory.handed and name not in _WHILE_WAITING
        if in_handover:
            scene.memory = scene.memory.at(Step.WAITING)
        if handler is None or (is_old and name in FINAL) or (needs_language and not scene.memory.tag) or in_handover:
            scene.say("chat-old-button")
            self._show(scene)
            return
        handler(scene, argument, inbound)

    def _handlers(self) -> "dict[str, Callable[[Scene, str, Inbound], None]]":
        return {
            "language": lambda scene, tag, _: self._speak(scene, tag),
            "languages": lambda scene, page, _: _turn_page(scene, page, screens.show_languages),
            "no-language": _say_no_language,
            "change-language": lambda scene, *_: screens.show_languages(scene),
            "menu": lambda scene, page, _: _turn_page(scene, page, screens.show_menu),
            "read": lambda scene, *_: _turn_page(scene, "0", screens.show_notices),
            "notices": lambda scene, page, _: _turn_page(scene, page, screens.show_notices),
            "notice": _open_notice,
            "position": _go_on_reading,
            "ask": _ask,
            "phrase": lambda scene, key, _: screens.show_phrase(scene, key),
            "none": _nothing_fits,
            "emergency": lambda scene, *_: _ask_country(scene, "emergency"),
            "office": lambda scene, *_: _ask_country(scene, "office"),
            "countries": lambda scene, page, _: _turn_page(scene, page, screens.show_countries),
            "country": _choose_country,
            "change-country": lambda scene, *_: _turn_page(scene, "0", screens.show_countries),
            "human": lambda scene, *_: humans.show_humans(scene),
            "interpreter": lambda scene, *_: humans.show_organisations(scene, humans.INTERPRETER),
            "caseworker": lambda scene, *_: humans.show_organisations(scene, humans.CASEWORKER),
            "urgent-send": lambda scene, *_: humans.show_organisations(scene, humans.URGENT),
            "organisations": lambda scene, page, _: _turn_page(
                scene, page, lambda each: humans.show_organisations(each, each.memory.purpose)
            ),
            "organisation": lambda scene, chosen, _: humans.choose_organisation(scene, chosen),
            "agree": lambda scene, _, inbound: humans.agree(scene, inbound),
            "disagree": lambda scene, *_: humans.show_humans(scene),
            "keep-waiting": lambda scene, *_: humans.show_waiting(scene),
            "take-back": lambda scene, *_: humans.take_back(scene),
            "news": lambda scene, *_: _turn_page(scene, "0", screens.show_notices),
            "news-yes": _subscribe,
            "stop": lambda scene, *_: self._stop_news(scene),
            "delete": lambda scene, *_: screens.show_delete(scene),
            "delete-yes": self._erase,
            "delete-no": self._keep,
        }

    def _speak(self, scene: Scene, tag: str) -> None:
        """Go on in a language; the first time, say what is kept."""
        if tag not in self._world.languages:
            screens.show_languages(scene)
            return
        is_new = not scene.memory.greeted
        scene.memory = replace(scene.memory, tag=tag, page=0)
        if is_new:
            screens.show_first_contact(scene)
        if scene.memory.handed:
            humans.show_waiting(scene)
        else:
            screens.show_menu(scene)

    def _erase(self, scene: Scene, _argument: str, _inbound: Inbound) -> None:
        scene.do(Erase())
        scene.say("chat-deleted")
        if scene.channel.company:
            scene.say("chat-channel-keeps", company=scene.channel.company)

    def _keep(self, scene: Scene, _argument: str, _inbound: Inbound) -> None:
        before = scene.memory.before
        scene.memory = scene.memory.at(Step(before) if before else Step.MENU, before="")
        self._show(scene)

    def _show(self, scene: Scene) -> None:
        """Show the step at which the conversation is."""
        step = scene.memory.step
        shown: dict[Step, Callable[[Scene], None]] = {
            Step.LANGUAGE: screens.show_languages,
            Step.NOTICES: screens.show_notices,
            Step.NOTICE: screens.show_notice,
            Step.CANDIDATES: screens.show_candidates,
            Step.COUNTRY: screens.show_countries,
            Step.FACTS: screens.show_facts,
            Step.HUMAN: humans.show_humans,
            Step.ORGANISATION: lambda each: humans.show_organisations(each, each.memory.purpose),
            Step.CONSENT: lambda each: humans.choose_organisation(each, each.memory.organisation),
            Step.WAITING: humans.show_waiting,
            Step.DELETE: screens.show_delete,
            Step.URGENT: screens.show_urgent,
        }
        if step is Step.PHRASE and scene.memory.keys:
            screens.show_phrase(scene, scene.memory.keys[0])
        else:
            shown.get(step, screens.show_menu)(scene)


_WHILE_WAITING = frozenset(
    {"keep-waiting", "take-back", "delete", "delete-yes", "delete-no", "language", "languages", "change-language"}
    | {"stop"}
)
"""What can be tapped while humans have the conversation."""


def _turn_page(scene: Scene, page: str, show: Callable[[Scene], None]) -> None:
    scene.memory = replace(scene.memory, page=int(page) if page.isdecimal() else 0)
    show(scene)


def _say_no_language(scene: Scene, _argument: str, _inbound: Inbound) -> None:
    scene.say("chat-other-language")
    scene.memory = scene.memory.at(Step.LANGUAGE)


def _open_notice(scene: Scene, notice: str, _inbound: Inbound) -> None:
    scene.memory = scene.memory.at(Step.NOTICE, notice=notice, position=0)
    screens.show_notice(scene)


def _go_on_reading(scene: Scene, position: str, _inbound: Inbound) -> None:
    scene.memory = scene.memory.at(Step.NOTICE, position=int(position) if position.isdecimal() else 0)
    screens.show_notice(scene)


def _ask(scene: Scene, _argument: str, _inbound: Inbound) -> None:
    scene.memory = scene.memory.at(Step.QUESTION)
    scene.say("chat-write-question")


def _nothing_fits(scene: Scene, _argument: str, _inbound: Inbound) -> None:
    scene.memory = scene.memory.at(Step.QUESTION, keys=())
    scene.say("chat-no-answer")
    scene.offer((("ask", "chat-ask", "2754"), ("read", "chat-read", "1F4D6")))


def _ask_country(scene: Scene, purpose: str) -> None:
    scene.memory = replace(scene.memory, purpose=purpose, page=0)
    if scene.memory.country:
        screens.show_facts(scene)
    else:
        screens.show_countries(scene)


def _choose_country(scene: Scene, code: str, _inbound: Inbound) -> None:
    scene.memory = replace(scene.memory, country=code)
    screens.show_facts(scene)


def _subscribe(scene: Scene, _argument: str, _inbound: Inbound) -> None:
    scene.do(Subscribe(scene.memory.notice))
    scene.say("chat-news-on", word=command_words(scene.texts, Command.STOP)[0])
    scene.offer((("read", "also-read", "1F4D6"),))
