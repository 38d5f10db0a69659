"""How languages say no: words that surely negate, and words that may carry a negation into another language.

The first raise an alarm where the other side has neither; the second only keep it silent. "Unable" is "não pode",
"without" is "sans", "only" is "ne … que", "until" is "hasta que no": a translator may choose either.
"""

import re
from types import MappingProxyType

ENGLISH_NOT = re.compile(
    r"\b(?:not|no|never|nobody|no one|nothing|none|nowhere|neither|cannot|without|nor)\b|n't\b|\bcant\b|\bdont\b"
)
ENGLISH_NOT_REALLY = re.compile(
    r"\bnot only\b|\bno doubt\b|\bnot just\b|\bno later than\b|\bno more than\b|\bno less than\b|\bno longer\b"
    r"|\bneither\b(?=.*\bnor\b)|\bno sooner\b|\bwhether or not\b|\bor not\b|\bif not\b|\bno matter\b|\bno\. ?\d"
)
ENGLISH_LEXICAL = re.compile(
    r"\b(?:un(?!der|til|ion|it|less|ivers|ique|iform|cles?\b)\w{3,}|unless|non-?\w+"
    r"|in(?:valid|conclus|capable|complet|correct|adequa|ability|secur|suffici|visibl|accura|human|credibl"
    r"|evitabl|justice|equal"
    r"|stabil|dependen|definit|finit|significan)\w*|im(?:possib|proper|patien|moral|perfect|mun|mobil)\w*"
    r"|il(?:legal|litera|licit)\w*|ir(?:regular|respons|relev)\w*|mis(?:s|take|sing|understand|treat)\w*"
    r"|dis(?!tric|tanc|cuss|cover|tribut|play|aster|ease|h\b|put|k)\w{3,}|\w{3,}(?<!un)less|refus\w+|deny"
    r"|denie\w+|denial"
    r"|forb\w+|prohibit\w*|ban(?:s|ned)?|fail\w*|hardly|barely|scarcely|rarely|seldom|avoid\w*|prevent\w*|stop\w*"
    r"|lack\w*|absen\w+|reject\w*|declin\w+|lest|neglect\w*|cease\w*|oppos\w+|exempt\w*|false|wrong\w*)\b"
)
ENGLISH_AROUND = re.compile(
    r"\b(?:until|till|few|little|except\w*|only|but|just|free|against|instead|rather|too|far from|before"
    r"|doubt\w*|less"
    r"|take your time|yet|than|ignor\w+|block\w*|difficult\w*|hard|empty|out of|away|any\w*|although|though"
    r"|remain\w*|keep\w*"
    r"|bad\w*|los[et]\w*|weak\w*|restrict\w*|alone|independent|still)\b|n\W?t it\b"
)

SPANISH_NOT = re.compile(r"\b(?:no|sin)\b")
SPANISH_WORDS = re.compile(r"\b(?:nunca|jamás|nada|nadie|ning(?:ún|un[oa]s?)|tampoco)\b")
SPANISH_NOT_REALLY = re.compile(
    r"\bno s[oó]lo\b|\bno solamente\b|\bno obstante\b|\bsin embargo\b|\bni siquiera\b|\bsin duda\b"
    r"|\bhasta que no\b|\bno más de\b"
    r"|, ¿no\?|\bno bien\b|\bn\.?º|\bmás que nada\b|\bantes que nada\b"
)
PORTUGUESE_NOT = re.compile(r"\b(?:não|sem)\b")
PORTUGUESE_WORDS = re.compile(r"\b(?:nunca|jamais|nada|ninguém|nenhum\w*|tampouco)\b")
PORTUGUESE_NOT_REALLY = re.compile(
    r"\bnão s[oó]\b|\bnão somente\b|\bnão apenas\b|\bnão obstante\b|\bsem dúvida\b|\bnem sequer\b|, não é\?"
    r"|\bnão é\?$|\bmais nada\b"
    r"|\bantes de mais nada\b|\bnão mais (?:de|do) que\b"
)
ROMANCE_LEXICAL = re.compile(
    r"\b(?:im?possíve\w*|imposible\w*|impossible\w*|(?:des(?!d|t[eaio]|cri|cub|cob|pu|pa|ta|pe[rg]|ign|eo|ej|em"
    r"|en|ce)"
    r"|dés|dis(?!t|c|p|q|s)|in(?=[vcajhúu][aáeoiíu][pnmcjlrt]\w{3,}(?:[aá]ble|[ií]vel|[oaá]z|id\w+|[ot]\w*)\b)"
    r"|in(?=compl|corr|suf|segur|sécur|saf|dispon|vál|val|exact|just|humain|human|féliz|feliz)|il[eé]?g"
    r"|ir[r]?eg)\w{3,}"
    r"|incapa\w+|il?lega\w*|illég\w+|ilícit\w*|mal (?:posso|pode\w*|consig\w+|consegu\w+)|inválid\w+|proib\w+"
    r"|prohib\w+|interdi\w+|défen[sd]\w*|recus\w+|refus\w+|rechaz\w+|rejet\w+|rejeit\w+"
    r"|neg(?:a|am|an|á|amos|o|ó|ou|ar\w*|ad[oa]s?|aron|aram|ativa)|nieg\w+|nié|nient|nie|evit\w+|évit\w+"
    r"|falt\w+|manqu\w+|carec\w+|car[eê]n\w+"
    r"|fracas\w+|falh\w+|échou\w+|impid\w+|imped\w+|empêch\w+|cess\w+|arrêt\w+|dejar de|deixar de|fals\w+|faux"
    r"|fausse\w*|ignor\w+|opon\w+|oppos\w+|abst\w+|ausen\w+|absen\w+|escas\w+|exent\w+|exem?pt\w+|exon\w+"
    r"|nul\w*|équivoc\w+|equivoc\w+"
    r"|discrep\w+|discord\w+|desacuerd\w+|désaccord\w*|apenas|à peine|rara\w*|salvo|menos que|moins que|em vez"
    r"|en vez|au lieu|errad[oa])\b"
)
ROMANCE_AROUND = re.compile(
    r"\b(?:sauf|menos|moins|excepto|exceto|só|sólo|solo|solamente|somente|seulement|apenas|poc[oa]s?|pouc[oa]s?"
    r"|peu|hasta|até"
    r"|jusqu\w*|antes|avant|pero|sino|mais|mas|contra|contre|lejos|longe|loin|libre\w*|livre\w*|grat\w+|dej\w+"
    r"|deix\w+|dud\w+"
    r"|duvid\w+|dout\w+|demasiad\w+|demais|trop|aún|ainda|encore|contrári\w+|contrari\w+|hors|exclu\w+"
    r"|difícil\w*|difficil\w*"
    r"|aunque|embora|lugar de|plus que|que ne|perd\w+|pierd\w+)\b"
)

ROMANCE_NOR = re.compile(r"\b(?:ni|nem)\b")
COORDINATION = re.compile(r"\b(?:or|and|nor|y|o|ni|e|ou|nem|et)\b|,")
"""Between things that are joined, some languages say "not" once and others again."""

FRENCH_WITHOUT = re.compile(r"\bsans\b")
FRENCH_NE = re.compile(r"\bne\b|\bn'")
FRENCH_WITH_NE = re.compile(r"\b(?:pas|jamais|rien|personne|aucun\w*|plus|ni|guère|point|nul\w*|non)\b")
FRENCH_EXPLETIVE = re.compile(
    r"\b(?:avant|peur|crain\w+|évite\w*|empêch\w+|moins|(?:plus|mieux|pire|autre\w*|moins) (?:\w+ )?)\s?qu(?:e "
    r"|')[^,.;]*?\b(?:ne |n')"
)
"""A "ne" that negates nothing: "avant qu'il ne parte"."""

FRENCH_ALONE = re.compile(
    r"\b(?:non(?!-)|sans|aucune?s?|jamais|ni)\b"
    r"|(?<!un )(?<!le )(?<!des )(?<!les )(?<!ces )(?<!premiers )\bpas\b|\brien\b"
)
FRENCH_NOT_REALLY = re.compile(
    r"\bplus que jamais\b|\bnon seulement\b|\bpas seulement\b|\bsans doute\b|\bou non\b|\bou pas\b"
    r"|\bn'est-ce pas\b|\bni\b(?=.*\bni\b)"
)

OPPOSITES = MappingProxyType(
    {
        "en": re.compile(
            r"\b(?:disagree\w*|unable|impossible|refus(?:e|es|ed|ing)|forb[ai]d\w*|prohibited|invalid"
            r"|illegal\w*|unlawful\w*"
            r"|den(?:y|ies|ied)|untrue|unsafe|unwilling|incapable)\b"
        ),
        "es": re.compile(
            r"\b(?:imposible|prohib(?:ido|ida|imos|ieron)|ilegal\w*|inválid\w+|incapaz|desacuerdo|discrepo"
            r"|rechaz(?:o|ó|aron)"
            r"|me niego|se niega|se negó|inseguro)\b"
        ),
        "pt": re.compile(
            r"\b(?:impossível|proibid\w+|proíb\w+|ilegal|inválid\w+|incapaz\w*|discord(?:o|a|amos|ei|ou)"
            r"|recus(?:o|ou|ei|a)"
            r"|inseguro)\b"
        ),
        "fr": re.compile(
            r"\b(?:impossible|interdit\w*|illéga\w+|incapable\w*|désaccord|refus(?:e|é|a|ons)|invalide|dangereux)\b"
        ),
    }
)
"""Words that deny what their opposites say; lost where the other side has no such word and no negation."""

SURE = MappingProxyType(
    {
        "nl": re.compile(r"\b(?:niet|geen|nooit|niemand|niets|nergens|zonder)\b(?! alleen)"),
        "ar": re.compile(r"(?<!\w)[وف]?(?:لم|لن|ليس\w*|لست|لسنا|لا(?! يزال| تزال| زال| سيما| بد))(?!\w)"),
        "hi": re.compile(r"(?<!या )(?<!कि )(?<!\w)(?:नहीं|मत|बिना|बगैर)(?!\w)"),
        "ru": re.compile(r"\b(?:не|нет|нельзя|никогда|никто|никому|ничего|без)\b(?! только)"),
        "am": re.compile(r"(?<!\w)(?:አይደለ\w*|የለ\w*|አል\w+ም|አይ\w{1,}ም|አያ\w+ም|አላ\w+ም|አት\w+ም|አን\w+ም|ምንም)(?!\w)"),
        "zh-Hans": re.compile(
            r"(?<!能)(?<!是)(?<!会)(?<!可)(?<!有)(?<!要)(?<!愿)不(?!用着急|同|仅|久|断|过|少|但|要紧|管|论|满|安|便|如|得不)|没有|没|未(?!来|成年"
            r"|满)|无法|勿|别(?!人|的|国|处|墅)"
        ),
        "tr": re.compile(
            r"\b(?!olup olmad|olsa da )(?:değil\w*|yok\w*|hiçbir\w*|hayır|asla)\b|\b(?!olma)\w+[mM][ae](?:z"
            r"|zsınız|zsiniz|dı\w*|di\w*|yın\w*|yin\w*|yacak\w*|yecek\w*)\b"
        ),
        "fa": re.compile(r"(?<!\w)(?:نمی\w*|نیست\w*|نه|هیچ\w*|بدون|ندار\w+|نکن\w+|نشد\w*)(?!\w)"),
        "ur": re.compile(r"(?<!\w)(?:نہیں|نہ|مت|بغیر)(?!\w)"),
        "bn": re.compile(r"(?<!কি )(?<!কি না )(?<!\w)(?:না|নয়|নেই|নন|নই|নয়)(?!\w)"),
    }
)
"""What surely negates in the languages whose negations are words, or forms that nothing else shares."""

NEAR = MappingProxyType(
    {
        "nl": re.compile(
            r"\b(?:niet|geen|nooit|niemand|niets|nergens|noch|nee|zonder|on(?!der|s\b|ze\b|ge\w+ \d|tm|tv"
            r"|tw)\w{3,}|weiger\w*"
            r"|verb[oi]\w+|ontken\w*|nauwelijks|tenzij|gebrek|\w+lo(?:os|ze)\w*|voorkom\w*|alleen|haast u)\b"
        ),
        "ar": re.compile(
            r"غير|عدم|دون|بلا|لا|لم|لن|ليس|ألا|إلا|(?<!\w)ما (?=\w)|مستحيل|رفض|منع|ممنوع|نفى|نفي|فشل|تعذر|نادر"
            r"|حظر|فقد|نقص"
            r"|توقف|تجنب|انعدام|خلو|اختلف|أخفق|عجز|غاب|غياب|سوى|باستثناء|بالكاد|معدوم|استحال|معارض|يمتنع|امتنع"
        ),
        "hi": re.compile(
            r"नहीं|मत|बिना|बगैर|न |ना |मना|इनकार|इंकार|असमर्थ|असंभव|असहमत|अवैध|अमान्य|निषेध|बजाय|वंचित|रहित|गैर"
            r"|ग़ैर|रोक"
        ),
        "ru": re.compile(
            r"\bне\w*|\bни\b|\bник\w+|\bнич\w+|\bниг\w+|\bбез\w*|\bбес\w+|\bотказ\w*|\bзапре\w+|\bотсутств\w*"
            r"|\bлиш[её]\w*|\bпротив\w*|\bкроме|\bвместо|\bредко|\bпрекра\w+|\bизбега\w+|\bотриц\w+|\bвряд|\bедва"
        ),
        "am": re.compile(
            r"(?<!\w)(?:አይ|አል|የለ|ሳይ|ሳት|ሳን|ሳል|ያለ|ባይ|ባል|ባት|ምንም|ማንም|ካል|የማይ|የማያ|የማት|የማን|ያል|አያ|አላ|አታ|አት\w+ም|አን\w+ም|እምቢ)"
            r"|እንዳይ|እንዳት|እንዳን|እንዳያ|እንደማ|እንዳል|ከማይ|በማይ|በማያ|ከሌ|የሌ|ላለመ|አለመ|ያለመ|ባለመ|ከለከ|ክልክል|አልባ|ተቃ|ውድቅ|ሕገ.?ወጥ"
            r"|ህገ.?ወጥ|ሳያ|ስለማይ|ሌለ|ቢስ|ከልክ|በስተቀር|እንጂ"
        ),
        "zh-Hans": re.compile(r"[不没无非未勿否莫禁拒缺]|别(?!人|的|国|处)|以外"),
        "tr": re.compile(
            r"(?!\w+m[ae]d[ae]n önce)\b\w+m[ae](?:z|d[ıi]|y[ıie]|m[ıi]ş|s[ıi]n|ks|k\b|ya|ye|\b)\w*"
            r"|\b\w+m[ıiuü]yor\w*|değil|yok|hiç|hayır|\b\w{2,}s[ıiuü]z|kimse|yasak|redd|imkans"
        ),
        "fa": re.compile(
            r"(?<!\w)ن(?:می|ی|با|ش|د|ک|خ|ر|گ|ه)\w*|هیچ|بدون|(?<!\w)بی|غیر|ممنوع|(?<!\w)رد |عدم|خودداری|مخالف"
        ),
        "ur": re.compile(r"نہیں|(?<!\w)نہ(?!\w)|(?<!\w)مت(?!\w)|بغیر|بلا|انکار|منع|غیر|(?<!\w)نا(?!\w)"),
        "bn": re.compile(r"না(?!ম)|নয়|নেই|নন|নই|ছাড়া|নি(?!\w)|বিনা|নিষেধ|মানা"),
    }
)
"""What may stand for a negation in these languages."""
