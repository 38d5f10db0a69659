"""The words for numbers, as far as they can be told from other words.

``EXACT`` are languages whose number words are read and added up; for those in ``HINTS`` a word only excuses a digit
that the other side wrote, and its absence proves nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _table(words: str, values: tuple[int, ...]) -> dict[str, int]:
    found = {}
    for group, value in zip(words.split(), values, strict=True):
        found.update(dict.fromkeys(group.split("/"), value))
    return found


_TO_TWENTY = tuple(range(21))
_TENS = tuple(range(30, 100, 10))
_HUNDREDS = tuple(range(200, 1000, 100))
_MONTHS = tuple(range(1, 13))

EXACT: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "en": _table(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
            " seventeen eighteen nineteen twenty",
            _TO_TWENTY,
        )
        | _table("thirty forty fifty sixty seventy eighty ninety", _TENS)
        | {"hundred": 100, "thousand": 1000, "million": 10**6, "millions": 10**6, "billion": 10**9},
        "es": _table(
            "cero un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis"
            " diecisiete dieciocho diecinueve veinte",
            _TO_TWENTY,
        )
        | _table(
            "veintiún/veintiuno/veintiuna veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete"
            " veintiocho veintinueve",
            tuple(range(21, 30)),
        )
        | _table("treinta cuarenta cincuenta sesenta setenta ochenta noventa", _TENS)
        | _table(
            "doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas quinientos/quinientas"
            " seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas novecientos/novecientas",
            _HUNDREDS,
        )
        | {"cien": 100, "ciento": 100, "mil": 1000, "millón": 10**6, "millones": 10**6},
        "pt": _table(
            "zero um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze"
            " dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove vinte",
            _TO_TWENTY,
        )
        | _table("trinta quarenta cinquenta sessenta setenta oitenta noventa", _TENS)
        | _table(
            "duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas quinhentos/quinhentas"
            " seiscentos/seiscentas setecentos/setecentas oitocentos/oitocentas novecentos/novecentas",
            _HUNDREDS,
        )
        | {"cem": 100, "cento": 100, "mil": 1000, "milhão": 10**6, "milhões": 10**6}
        | {"bilhão": 10**9, "bilhões": 10**9},
        "fr": _table(
            "zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
            " dix-sept dix-huit dix-neuf vingt",
            _TO_TWENTY,
        )
        | _table("trente quarante cinquante soixante septante huitante/quatrevingt nonante", _TENS)
        | {"cent": 100, "cents": 100, "mille": 1000, "million": 10**6, "millions": 10**6}
        | {"milliard": 10**9, "milliards": 10**9},
    }
)

JOINS: Mapping[str, str] = MappingProxyType({"en": "and", "es": "y", "pt": "e", "fr": "et"})
"""The word that may stand inside a number."""

HINTS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "en": _table("january february march april may june july august september october november december", _MONTHS)
        | _table("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", _MONTHS)
        | _table(
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
            tuple(range(13, 21)),
        )
        | {"once": 1, "twice": 2, "both": 2, "half": 50, "dozen": 12, "couple": 2, "pair": 2, "noon": 12, "midday": 12}
        | {"quarter": 25, "single": 1, "double": 2, "triple": 3, "decade": 10, "century": 100, "midnight": 0}
        | {"quarters": 75, "twenties": 20, "thirties": 30, "fifties": 50, "sixties": 60, "nineties": 90}
        | {"twins": 2, "trio": 3, "quartet": 4, "week": 7, "a": 1, "an": 1, "percent": 100, "trillion": 10**12},
        "es": _table(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre", _MONTHS
        )
        | _table(
            "primer/primera/primero segundo/segunda tercer/tercera/tercero cuarto/cuarta quinto/quinta sexto/sexta"
            " séptimo/séptima octavo/octava noveno/novena décimo/décima undécimo duodécimo",
            _MONTHS,
        )
        | {"ambos": 2, "ambas": 2, "docena": 12, "mediodía": 12, "doble": 2, "siglo": 100, "mitad": 50, "medio": 50}
        | {"década": 10, "setiembre": 9, "vez": 1, "billones": 10**12, "medianoche": 0, "mediados": 50, "par": 2}
        | {"pareja": 2, "quincena": 15, "veintena": 20, "decena": 10, "centenar": 100, "tercios": 3},
        "pt": _table(
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro", _MONTHS
        )
        | _table(
            "primeiro/primeira segundo/segunda terceiro/terceira quarto/quarta quinto/quinta sexto/sexta sétimo/sétima"
            " oitavo/oitava nono/nona décimo/décima undécimo duodécimo",
            _MONTHS,
        )
        | {"ambos": 2, "ambas": 2, "dúzia": 12, "meia": 30, "meio": 50, "metade": 50, "dobro": 2, "século": 100}
        | {"meio-dia": 12, "década": 10, "vez": 1, "meia-noite": 0, "par": 2, "casal": 2, "trilhões": 10**12},
        "fr": _table("janvier février mars avril mai juin juillet août septembre octobre novembre décembre", _MONTHS)
        | _table(
            "premier/première deuxième/second/seconde troisième quatrième cinquième sixième septième huitième neuvième"
            " dixième onzième douzième",
            _MONTHS,
        )
        | {"midi": 12, "douzaine": 12, "demi": 30, "moitié": 50, "double": 2, "dizaine": 10, "centaine": 100}
        | {"quinzaine": 15, "vingtaine": 20, "siècle": 100, "minuit": 0, "paire": 2, "couple": 2, "tiers": 3},
        "ar": _table(
            "واحد/واحدة اثنان/اثنين/اثنتين/اثنتان ثلاث أربع خمس ست سبع ثمان تسع عشر عشرون/عشرين ثلاثون/ثلاثين"
            " أربعون/أربعين خمسون/خمسين ستون/ستين سبعون/سبعين ثمانون/ثمانين تسعون/تسعين مئة/مائة ألف/آلاف",
            (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 1000),
        )
        | _table(
            "يناير/كانون فبراير/شباط مارس/آذار أبريل/نيسان مايو/أيار يونيو/حزيران يوليو/تموز أغسطس/آب"
            " سبتمبر/أيلول أكتوبر/تشرين نوفمبر ديسمبر",
            _MONTHS,
        )
        | {"مليون": 10**6, "ملايين": 10**6, "مليار": 10**9, "يومين": 2, "ساعتين": 2, "مرتين": 2, "عامين": 2, "شهرين": 2}
        | {"سنتين": 2, "مئتان": 200, "مئتين": 200, "ألفين": 2000, "أول": 1, "ثان": 2, "نصف": 50, "ألفي": 2000}
        | _table("ثالث رابع خامس سادس سابع ثامن تاسع عاشر حادي", (3, 4, 5, 6, 7, 8, 9, 10, 1)),
        "hi": _table(
            "एक दो तीन चार पाँच/पांच छह/छः/छे सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस",
            tuple(range(1, 21)),
        )
        | {"तीस": 30, "चालीस": 40, "पचास": 50, "साठ": 60, "सत्तर": 70, "अस्सी": 80, "नब्बे": 90, "सौ": 100}
        | {"हज़ार": 1000, "हजार": 1000, "पच्चीस": 25, "दोनों": 2, "तीनों": 3, "चारों": 4, "पहली": 1, "पहला": 1},
        "ru": _table(
            "один/одна/одно/одного дв тр четыр пят шест сем/седьм вос дев дес одиннадцат двенадцат",
            _MONTHS,
        )
        | {"двадцат": 20, "тридцат": 30, "сорок": 40, "пятьдесят": 50, "сто": 100, "тысяч": 1000, "оба": 2, "обе": 2},
        "am": _table(
            "አንድ ሁለት ሶስት/ሦስት አራት አምስት ስድስት ሰባት ስምንት ዘጠኝ አስር/ዐሥር/አሥር ሃያ ሰላሳ አርባ ሃምሳ/አምሳ ስልሳ ሰባ ሰማንያ ዘጠና"
            " መቶ ሺ/ሺህ ሚሊዮን ቢሊዮን",
            (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 1000, 10**6, 10**9),
        )
        | {"መጀመሪያ": 1, "ሁለቱም": 2, "ግማሽ": 50, "ጥር": 1, "የካቲት": 2, "መጋቢት": 3, "ሚያዝያ": 4, "ግንቦት": 5, "ሰኔ": 6}
        | {"ሀምሌ": 7, "ሐምሌ": 7, "ነሐሴ": 8, "መስከረም": 9, "ጥቅምት": 10, "ህዳር": 11, "ኅዳር": 11, "ታህሳስ": 12, "ታህሣሥ": 12},
    }
)

PREFIX_MATCHED = frozenset({"ar", "am", "ru"})
"""Languages whose number words carry other things before or after them: a word counts wherever it stands in another."""

SCALES: Mapping[str, int] = MappingProxyType(
    {
        "hundred": 100,
        "thousand": 1000,
        "mil": 1000,
        "mille": 1000,
        "ألف": 1000,
        "آلاف": 1000,
        "हज़ार": 1000,
        "हजार": 1000,
        "тыс": 1000,
        "тысяч": 1000,
        "тысячи": 1000,
        "ሺ": 1000,
        "ሺህ": 1000,
        "lakh": 10**5,
        "लाख": 10**5,
        "crore": 10**7,
        "करोड़": 10**7,
        "bn": 10**9,
        "mn": 10**6,
        "million": 10**6,
        "millions": 10**6,
        "millón": 10**6,
        "millones": 10**6,
        "milhão": 10**6,
        "milhões": 10**6,
        "مليون": 10**6,
        "ملايين": 10**6,
        "миллион": 10**6,
        "миллиона": 10**6,
        "миллионов": 10**6,
        "млн": 10**6,
        "मिलियन": 10**6,
        "ሚሊዮን": 10**6,
        "billion": 10**9,
        "billions": 10**9,
        "bilhão": 10**9,
        "bilhões": 10**9,
        "milliard": 10**9,
        "milliards": 10**9,
        "مليار": 10**9,
        "مليارات": 10**9,
        "миллиард": 10**9,
        "миллиардов": 10**9,
        "ቢሊዮን": 10**9,
        "万": 10**4,
        "百万": 10**6,
        "亿": 10**8,
    }
)
"""Words that multiply the digits before them."""
