"""What a person sees at each step. Each function says it and offers what can be done next. Pure."""

from urllib.parse import quote

from linkbridge.chat.dialogue.commands import Command, command_words
from linkbridge.chat.dialogue.memory import Step
from linkbridge.chat.dialogue.scene import Scene, autonym
from linkbridge.chat.messages import Choice, Link
from linkbridge.phrasebook.facts import Fact

_MAP = "https://www.openstreetmap.org/search?query="
_GREETED_IN = 3
_NUMBER_NAMES = {"police": "chat-police", "ambulance": "chat-ambulance", "fire": "chat-fire"}


def show_languages(scene: Scene, likely: tuple[str, ...] = ()) -> None:
    """Greet in the likeliest languages and offer all, the likeliest first."""
    before = scene.memory.before if scene.memory.step is Step.LANGUAGE else scene.memory.step.value
    scene.memory = scene.memory.at(Step.LANGUAGE, page=scene.memory.page, before=before)
    known = [tag for tag in likely if tag in scene.world.languages]
    order = [*dict.fromkeys([*known, *scene.world.languages])]
    if not scene.memory.page:
        for tag in (known or order)[:_GREETED_IN]:
            texts = scene.world.texts(tag)
            scene.say_in(tag, f"{texts.text('chat-hello')}\n{texts.text('choose-language')}")
    else:
        scene.say("choose-language")
    named = [Choice(f"language:{tag}", autonym(tag)) for tag in order]
    choices = scene.page(named, "languages", beside=1)
    scene.offer([*choices, scene.choice("no-language", "my-language-missing", "2753")], human=False, menu=False)


def show_first_contact(scene: Scene) -> None:
    """Say once what is kept, for how long, who else can read it, and how everything is deleted."""
    texts = scene.texts
    scene.say("chat-hello")
    scene.say("chat-kept", days=scene.world.state_days)
    if scene.channel.company:
        scene.say("chat-channel-reads", company=scene.channel.company)
    scene.say("chat-delete-any-time", word=command_words(texts, Command.DELETE)[0])
    mark = scene.world.mark(texts.phrase("chat-hello"))
    if mark:
        scene.say_text(mark)
    scene.memory = scene.memory.at(Step.MENU, greeted=True)


def show_menu(scene: Scene) -> None:
    """Offer everything that the chat can do."""
    scene.memory = scene.memory.at(Step.MENU, page=scene.memory.page)
    scene.say("chat-menu")
    first = (
        ("read", "chat-read", "1F4D6"),
        ("ask", "chat-ask", "2754"),
        ("emergency", "chat-emergency", "1F6A8"),
        ("office", "chat-office", "1F3DB"),
    )
    second = (
        ("change-language", "choose-language", "1F310"),
        ("news", "chat-news", "1F514"),
        ("delete", "chat-delete", "1F5D1"),
    )
    scene.offer([*(second if scene.memory.page else first), more_menu(scene)], menu=False)


def more_menu(scene: Scene) -> Choice:
    """Return the choice that turns the menu to its other page."""
    return Choice(f"menu:{0 if scene.memory.page else 1}", scene.texts.text("chat-more"), "2795")


def show_notices(scene: Scene) -> None:
    """Offer the notices that may be shown in the language."""
    notices = scene.world.notices(scene.tag)
    if not notices:
        scene.memory = scene.memory.at(Step.MENU)
        scene.say("no-notices")
        scene.offer(())
        return
    scene.memory = scene.memory.at(Step.NOTICES, page=scene.memory.page)
    scene.say("choose-notice")
    listed = [Choice(f"notice:{notice.id}", notice.title.text, notice.pictogram or "") for notice in notices]
    scene.offer(scene.page(listed, "notices"))


def show_notice(scene: Scene) -> None:
    """Show the phrase of a notice at which the reader is."""
    notice = next((each for each in scene.world.notices(scene.tag) if each.id == scene.memory.notice), None)
    if notice is None:
        show_notices(scene)
        return
    phrases = [phrase for phrase in notice.phrases if phrase.id != notice.title.id]
    position = max(0, min(scene.memory.position, len(phrases)))
    if position == len(phrases):
        scene.say("chat-end-of-text")
        scene.say("chat-news-question")
        news = (("news-yes", "chat-agree", "1F514"), ("read", "also-read", "1F4D6"))
        scene.offer(news)
        return
    if not position:
        scene.say_text(notice.title.text)
    scene.say_phrase(phrases[position])
    number = scene.texts.format("progress", number=position + 1, total=len(phrases))
    ahead = Choice(f"position:{position + 1}", f"{scene.texts.text('next')} · {number}", "27A1")
    back = [Choice(f"position:{position - 1}", scene.texts.text("back"), "2B05")] if position else []
    scene.offer([ahead, *back])


def show_candidates(scene: Scene) -> None:
    """Offer the phrases that may answer, under the titles of their notices."""
    scene.memory = scene.memory.at(Step.CANDIDATES)
    scene.say("chat-candidates")
    choices = []
    for key in scene.memory.keys:
        phrase = scene.world.phrase(key, scene.tag)
        if phrase is not None:
            choices.append(Choice(f"phrase:{key}", phrase.text, phrase.pictogram or ""))
    scene.offer([*choices, ("none", "chat-none-of-these", "274C")], menu=False)


def show_phrase(scene: Scene, key: str) -> None:
    """Show the phrase that was chosen, with the title of the notice that it comes from."""
    phrase = scene.world.phrase(key, scene.tag)
    if phrase is None:
        show_menu(scene)
        return
    notice_id = key.partition(".")[0]
    scene.memory = scene.memory.at(Step.PHRASE, keys=(key,))
    title = next((each.title for each in scene.world.notices(scene.tag) if each.id == notice_id), None)
    if title is not None and title.key != key:
        scene.say_text(title.text)
    scene.say_phrase(phrase)
    whole = ((f"notice:{notice_id}", "show-all", "1F4D6"),) if title is not None else ()
    scene.offer([*whole, ("ask", "chat-ask", "2754")])


def show_countries(scene: Scene) -> None:
    """Ask in which country the person is now."""
    scene.memory = scene.memory.at(Step.COUNTRY, page=scene.memory.page)
    scene.say("chat-which-country")
    named = [Choice(f"country:{code}", name) for code, name in scene.world.countries(scene.tag)]
    choices = scene.page(named, "countries", beside=3)
    scene.offer([*choices, ("country:", "chat-other-country", "1F30D")])


def show_facts(scene: Scene) -> None:
    """Tell the confirmed numbers or offices of the country, each with its day, or say plainly that there are none."""
    country = scene.memory.country
    scene.memory = scene.memory.at(Step.FACTS)
    if scene.memory.purpose == "office":
        _show_offices(scene, country)
    else:
        _show_numbers(scene, country)
    numbers, offices = ("emergency", "chat-emergency", "1F6A8"), ("office", "chat-office", "1F3DB")
    other = numbers if scene.memory.purpose == "office" else offices
    scene.offer([other, ("change-country", "chat-other-country", "1F30D")])


def country_name(scene: Scene, code: str) -> str:
    """Return a country's name in the language; what is not known here keeps the words for another country."""
    return dict(scene.world.countries(scene.tag)).get(code) or scene.texts.text("chat-other-country")


def _show_numbers(scene: Scene, country: str) -> None:
    found = scene.world.numbers(country)
    if not found:
        scene.say("chat-no-numbers", country=country_name(scene, country))
        return
    scene.say("chat-numbers-in", country=country_name(scene, country))
    lines = []
    for fact in found:
        name = scene.texts.text(_NUMBER_NAMES.get(fact.kind, "fact-emergency"))
        lines.append(f"{name}: {fact.value}{f' ({fact.label})' if fact.label else ''}\n{_checked(scene, fact)}")
    scene.say_text("\n".join(lines), links=[Link(f"tel:{fact.value}", fact.value) for fact in found])


def _show_offices(scene: Scene, country: str) -> None:
    found = scene.world.offices(country)
    if not found:
        scene.say("chat-no-offices", country=country_name(scene, country))
        return
    name = country_name(scene, country)
    scene.say("chat-offices-in", country=name)
    for fact in found:
        place = quote(f"{fact.value}, {name}")
        scene.say_text(
            f"{fact.value}{f' ({fact.label})' if fact.label else ''}\n{_checked(scene, fact)}",
            links=[Link(f"{_MAP}{place}", scene.texts.text("chat-on-map"))],
        )


def _checked(scene: Scene, fact: Fact) -> str:
    return scene.texts.format("fact-checked", date=fact.checked_on)


def show_urgent(scene: Scene) -> None:
    """Put what helps at once first: numbers, and people. Nothing that was written is remembered."""
    scene.memory = scene.memory.at(Step.URGENT)
    scene.say("chat-urgent")
    if scene.memory.country:
        _show_numbers(scene, scene.memory.country)
    desks = scene.world.desks()
    if desks:
        scene.say("chat-urgent-not-kept", quotes=True)
    send = (("urgent-send", "chat-urgent-send", "1F4E8"),) if desks else ()
    country = () if scene.memory.country else (("emergency", "chat-emergency", "1F6A8"),)
    scene.offer([*send, *country])


def show_delete(scene: Scene) -> None:
    """Ask whether everything is to be deleted."""
    before = scene.memory.before if scene.memory.step is Step.DELETE else scene.memory.step.value
    scene.memory = scene.memory.at(Step.DELETE, before=before)
    scene.say("chat-delete-question")
    scene.offer([("delete-yes", "chat-delete-yes", "1F5D1"), ("delete-no", "chat-disagree", "274C")], menu=False)
