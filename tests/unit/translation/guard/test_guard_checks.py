import pytest

from linkbridge.translation.guard import check, signals, verdict
from linkbridge.translation.results import Finding, Quality, Reason

WRONG = [
    ("numbers", "en-pt", "I paid 956 euros.", "Eu paguei 996 euros."),
    ("numbers", "en-ar", "You have 15 days.", "لديك ٥١ يومًا."),
    ("numbers", "en-es", "They asked for twelve thousand pesos.", "Pidieron doscientos mil pesos."),
    ("numbers", "en-ar", "I have seven children.", "لدي أطفال."),
    ("numbers", "en-ru", "I waited six hours.", "Я ждал часами."),
    ("negation", "en-nl", "Do not sign this paper.", "Onderteken dit papier."),
    ("placeholders", "en-ar", "From {start} to {end}.", "من {end} إلى {start}."),
    ("numbers", "en-fr", "Ninety-seven people came.", "Quatre-vingt-sept personnes sont venues."),
    ("numbers", "en-fr", "About 1.5 million people left.", "Environ 15 millions de personnes sont parties."),
    ("numbers", "en-pt", "Card issued on 27/1/1977.", "Cartão emitido em 31/1/1977."),
    ("numbers", "pt-en", "A audiência é às 9h30.", "The hearing is at 9:30 p.m."),
    ("numbers", "en-es", "Come on Monday.", "Venga el lunes 7."),
    ("negation", "en-pt", "I strongly disagree with this decision.", "Concordo fortemente com esta decisão."),
    ("negation", "en-fr", "I do not want to speak with the doctor.", "Je veux parler avec le médecin."),
    ("negation", "es-en", "Nadie me ayudó en la frontera.", "Anybody helped me in the border."),
    ("negation", "fr-es", "Partez avant qu'il ne vienne.", "Marchad antes de que no venga."),
    ("negation", "en-ar", "You have no right to an interpreter.", "لك الحق في طلب مترجم فوري."),
    ("negation", "en-zh-Hans", "The answer is a signature.", "您的回答不是签字。"),
    ("negation", "en-am", "Do not sign this paper.", "ይህን ወረቀት ይፈርሙ።"),
    ("negation", "en-es", "He came. He did not speak.", "Él no vino. Él habló."),
    ("placeholders", "en-pt", "Call {phone}.", "Ligue para {telefone}."),
    ("placeholders", "en-pt", "From {start} to {end}.", "De {end} a {start}."),
    ("protected", "en-pt", "Write to help@example.org.", "Escreva para ajuda-example.org."),
    ("protected", "en-hi", "See https://example.org/a.", "देखें https://example.org/ए।"),
    ("repetition", "en-pt", "I need help.", "Preciso de de de de de ajuda."),
    ("repetition", "en-es", "The mainstream.", "La corriennnnnnnte principal."),
    ("repetition", "en-fr", "The doctor is here.", "Le médecin est ici. Le médecin est ici."),
    ("script", "en-ru", "Where is the hospital?", "Gde nakhoditsya bol'nitsa?"),
    ("script", "es-en", "¿Dónde está el hospital?", "Где находится больница?"),
    ("script", "en-ru", "You can ask for help.", " ⁇ можете попросить о помощи."),
    ("copied", "en-pt", "The baby has a fever and needs a doctor.", "The baby has a fever e precisa de médico."),
    ("copied", "en-fr", "WE CAN PAY THE FINE NOW.", "WE CAN PAY THE FINE NOW."),
    (
        "length",
        "en-es",
        "You can ask for a lawyer and an interpreter before the interview with the official.",
        "Puede pedir.",
    ),
    (
        "sentences",
        "en-es",
        "You can ask for help. Tell us what you need. We will listen to you.",
        "Usted puede pedir ayuda.",
    ),
    (
        "invented",
        "en-es",
        "Tell us your name.",
        "Díganos su nombre. El intérprete guarda su pasaporte en el hospital.",
    ),
    ("person", "pt-en", "Eu tenho medo.", "We are afraid."),
    ("person", "en-es", "We were in danger.", "Yo estaba en peligro."),
    ("empty", "en-pt", "I need help.", " ... "),
]
RIGHT = [
    ("en-es", "1.5 million people", "1.500.000 personas"),
    ("en-es", "It cost 1,234.56 dollars.", "Costó 1.234,56 dólares."),
    ("en-fr", "We paid 3,500 dollars at 9:30 p.m.", "Nous avons payé 3 500 dollars à 21 h 30."),
    ("en-fr", "In the 19th century, 20 % died.", "Au XIXe siècle, 20 % sont morts."),
    ("en-pt", "Twenty-five people and 12 dogs.", "25 pessoas e doze cães."),
    ("en-ar", "Born on 3 March 2019.", "ولد في ٣ مارس ٢٠١٩."),
    ("en-hi", "The fee is 1,500 rupees.", "शुल्क १,५०० रुपये है।"),
    ("en-zh-Hans", "It was 3 May.", "那是五月三日。"),
    ("en-am", "He is 16 years old.", "እሱ ፲፮ ዓመቱ ነው።"),
    ("en-ar", "I have seven children.", "لدي سبعة أطفال."),
    ("es-en", "No vive nadie en esa casa.", "Nobody lives in that house."),
    ("es-en", "No solo es un derecho, sino también un deber.", "It is a right, and also a duty."),
    ("fr-en", "Il ne mange que du pain.", "He eats only bread."),
    ("fr-es", "Partez avant qu'il ne vienne.", "Váyanse antes de que venga."),
    ("en-pt", "I was unable to sleep.", "Eu não conseguia dormir."),
    ("en-pt", "They failed to pay.", "Eles não pagaram."),
    ("en-pt", "It is illegal to stay here.", "É ilegal ficar aqui."),
    ("pt-en", "Mal posso esperar para voltar.", "I can't wait to return."),
    ("pt-en", "Deixei de trabalhar.", "I no longer work."),
    ("en-es", "Without a passport you may ask.", "Usted puede preguntar aunque no tenga pasaporte."),
    ("en-am", "I do not want to go back.", "መመለስ አልፈልግም።"),
    ("en-es", "Hello {name}, call {phone}.", "Hola {name}, llame a {phone}."),
    ("en-hi", "Give {a} to {b}.", "{b} को {a} दीजिए।"),
    ("en-fr", "We find ourselves here.", "Nous nous trouvons ici."),
    ("en-ar", "I work for UNHCR in Genf.", "أعمل لدى UNHCR في جنيف."),
    ("en-fr", "Amina Haddad, Mosul", "Amina Haddad, Mosul"),
    ("en-pt", "OK", "OK"),
    ("en-pt", "12", "12"),
    ("es-pt", "Es importante para usted.", "É importante para você."),
    ("en-es", "Dr. Smith lives in the U.S. now.", "El Dr. Smith vive ahora en EE. UU."),
    ("en-es", "I came with my wife.", "Vine con mi mujer."),
    ("en-pt", "...", "..."),
]


@pytest.mark.parametrize(("reason", "pair", "source", "output"), WRONG)
def test_check_names_the_reason_of_a_fault(reason: str, pair: str, source: str, output: str) -> None:
    here, there = pair.split("-", 1)

    assert Reason(reason) in verdict(check(source, output, here, there))[1]


@pytest.mark.parametrize(("pair", "source", "output"), RIGHT)
def test_check_finds_nothing_in_a_good_translation(pair: str, source: str, output: str) -> None:
    here, there = pair.split("-", 1)

    assert check(source, output, here, there) == ()


def test_check_refuses_what_is_certainly_wrong_and_doubts_the_rest() -> None:
    refused = check("I paid 956 euros.", "Paguei 996 euros.", "en", "pt")
    doubted = check("The answer is a signature.", "A resposta não é uma assinatura.", "en", "pt")

    assert refused == (Finding(Reason.NUMBERS, Quality.REFUSED),)
    assert doubted == (Finding(Reason.NEGATION, Quality.SUSPECT),)


def test_check_finds_less_above_a_higher_threshold() -> None:
    source, output = "The answer is a signature.", "A resposta não é uma assinatura."

    assert check(source, output, "en", "pt", threshold=0.86) == ()


def test_signals_are_between_nothing_and_certain_and_the_strongest_comes_first() -> None:
    found = signals("I paid 956 euros. I am here.", "Não paguei.", "en", "pt")

    assert all(0 <= signal.score <= 1 for signal in found)
    assert [signal.score for signal in found] == sorted((signal.score for signal in found), reverse=True)
    assert len({signal.reason for signal in found}) == len(found)


def test_verdict_is_the_worst_quality_with_each_reason_once() -> None:
    findings = (
        Finding(Reason.NEGATION, Quality.SUSPECT),
        Finding(Reason.NUMBERS, Quality.REFUSED),
        Finding(Reason.NEGATION, Quality.SUSPECT),
    )

    assert verdict(()) == (Quality.OK, ())
    assert verdict(findings) == (Quality.REFUSED, (Reason.NEGATION, Reason.NUMBERS))


STRANGE = ("", " " * 500, "a" * 5_000, "no " * 300, "1." * 200, "{" * 300, "a\x00\ud800", "\u202eא ب", "😀" * 50)


@pytest.mark.parametrize("target", ["pt", "tr", "zh-Hans", "tlh"])
def test_check_has_an_answer_for_every_text(target: str) -> None:
    for source in STRANGE:
        for output in STRANGE:
            quality, reasons = verdict(check(source, output, "en", target))
            assert (quality is Quality.OK) is (reasons == ())


@pytest.mark.parametrize("target", ["pt-BR", "pt-PT"])
def test_regional_tag_is_judged_by_its_language(target: str) -> None:
    assert verdict(check("Do not sign this paper.", "Assine este papel.", "en-US", target)) == (
        Quality.REFUSED,
        (Reason.NEGATION,),
    )
