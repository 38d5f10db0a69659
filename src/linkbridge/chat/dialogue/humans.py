"""The way to a human: an interpreter by voice, or an organisation whose caseworkers read and answer. Pure."""

from linkbridge.chat.dialogue.effects import AskInterpreter, BeginHandover, EndHandover
from linkbridge.chat.dialogue.memory import Step
from linkbridge.chat.dialogue.scene import Scene
from linkbridge.chat.dialogue.screens import show_menu
from linkbridge.chat.dialogue.world import Desk
from linkbridge.chat.messages import Choice, Inbound

INTERPRETER, CASEWORKER, URGENT = "interpreter", "caseworker", "urgent"


def show_humans(scene: Scene) -> None:
    """Offer the kinds of people that can be reached, or say plainly that there are none and what else helps."""
    scene.memory = scene.memory.at(Step.HUMAN, purpose="")
    desks = scene.world.desks()
    if not desks:
        scene.say("chat-no-organisation")
        scene.offer((("emergency", "chat-emergency", "1F6A8"), ("office", "chat-office", "1F3DB")), human=False)
        return
    scene.say("chat-who-helps")
    voice = ((INTERPRETER, "chat-interpreter", "1F5E3"),) if scene.world.has_interpreters() else ()
    scene.offer([*voice, (CASEWORKER, "chat-caseworker", "1F4AC")], human=False)


def show_organisations(scene: Scene, purpose: str) -> None:
    """Let the person choose who is to help."""
    scene.memory = scene.memory.at(Step.ORGANISATION, purpose=purpose, page=scene.memory.page)
    desks = scene.world.desks()
    if not desks:
        show_humans(scene)
        return
    scene.say("chat-organisations", quotes=purpose == URGENT)
    named = [Choice(f"organisation:{desk.organisation_id}", desk.name) for desk in desks]
    scene.offer(scene.page(named, "organisations"), human=False)


def choose_organisation(scene: Scene, organisation_id: str) -> None:
    """Ask for an interpreter at once; before a caseworker reads anything, say what is kept and ask."""
    desk = find_desk(scene, organisation_id)
    if desk is None:
        show_organisations(scene, scene.memory.purpose or CASEWORKER)
        return
    if scene.memory.purpose == INTERPRETER:
        scene.do(AskInterpreter(organisation_id, scene.tag))
        scene.say("chat-asking-interpreter")
        scene.memory = scene.memory.at(Step.MENU, organisation=organisation_id)
        scene.offer((("emergency", "chat-emergency", "1F6A8"),))
        return
    is_urgent = scene.memory.purpose == URGENT
    scene.memory = scene.memory.at(Step.CONSENT, organisation=organisation_id)
    scene.say("chat-handover-kept", quotes=is_urgent, organisation=desk.name, days=scene.world.message_days)
    scene.offer((("agree", "chat-agree", "2705"), ("disagree", "chat-disagree", "274C")), human=False, menu=False)


def agree(scene: Scene, inbound: Inbound) -> None:
    """Hand the conversation over, with what the person had written where the channel hands it back."""
    desk = find_desk(scene, scene.memory.organisation)
    if scene.memory.step is not Step.CONSENT or desk is None:
        show_humans(scene)
        return
    is_urgent = scene.memory.purpose == URGENT
    text = inbound.quoted if is_urgent else ""
    scene.do(BeginHandover(desk.organisation_id, is_urgent=is_urgent, text=text))
    scene.memory = scene.memory.at(Step.WAITING, handed=True)
    scene.say("chat-waiting", organisation=desk.name)
    if is_urgent and not text:
        scene.say("chat-write-again")


def show_waiting(scene: Scene) -> None:
    """Say who has the conversation, and offer to go on waiting or to take it back."""
    desk = find_desk(scene, scene.memory.organisation)
    scene.memory = scene.memory.at(Step.WAITING)
    scene.say("chat-waiting", organisation=desk.name if desk else "")
    choices = (("keep-waiting", "chat-keep-waiting", "23F3"), ("take-back", "chat-to-menu", "1F519"))
    scene.offer([*choices, ("emergency", "chat-emergency", "1F6A8")], human=False, menu=False)


def take_back(scene: Scene) -> None:
    """End the handover: the computer answers again."""
    scene.do(EndHandover())
    scene.memory = scene.memory.at(Step.MENU, organisation="", handed=False)
    scene.say("chat-given-back")
    show_menu(scene)


def find_desk(scene: Scene, organisation_id: str) -> Desk | None:
    """Return the organisation if it answers chats now."""
    return next((desk for desk in scene.world.desks() if desk.organisation_id == organisation_id), None)
