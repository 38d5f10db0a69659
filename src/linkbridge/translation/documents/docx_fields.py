"""Fields of Word documents, such as page numbers and cross-references: many elements that are one thing."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from linkbridge.translation.documents.docx_names import w
from linkbridge.translation.documents.trees import Role, Token

_COMPUTED_NAMES = (
    "AUTONUM CREATEDATE DATE DOCPROPERTY EDITTIME FILENAME FILESIZE FORMCHECKBOX MERGEFIELD NOTEREF NUMCHARS "
    "NUMPAGES NUMWORDS PAGE PAGEREF PRINTDATE REF REVNUM SAVEDATE SECTION SECTIONPAGES SEQ STYLEREF TIME"
)
_COMPUTED = frozenset(_COMPUTED_NAMES.split())
"""Fields whose result Word computes; that of others is words to translate."""


def join_fields(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens of a paragraph with each computed field made one atom, which shows the field's result."""
    ends = _ends(tokens)
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        end = ends.get(index)
        if end is None or not _is_computed(tokens, index):
            joined.append(tokens[index])
            index += 1
        else:
            joined.append(_one(tokens[index:end]))
            index = end
    return joined


def _mark(token: Token) -> str:
    element = _only(token)
    return str(element.get(w("fldCharType"), "")) if element is not None and element.tag == w("fldChar") else ""


def _only(token: Token) -> Element | None:
    return token.elements[0][1] if token.role is Role.ATOM and len(token.elements) == 1 else None


def _ends(tokens: Sequence[Token]) -> dict[int, int]:
    """Return where each field ends that begins and ends among the tokens."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        mark = _mark(token)
        if mark == "begin":
            opened.append(index)
        elif mark == "end" and opened:
            ends[opened.pop()] = index + 1
    return ends


def _is_computed(tokens: Sequence[Token], start: int) -> bool:
    code = ""
    for index in range(start + 1, len(tokens)):
        element = _only(tokens[index])
        if _mark(tokens[index]):
            break
        if element is not None and element.tag == w("instrText"):
            code += element.text or ""
    return (code.split() or [""])[0].upper() in _COMPUTED


def _one(field: Sequence[Token]) -> Token:
    shown = ""
    elements: list[tuple[tuple[Element, ...], Element]] = []
    for token in field:
        elements += token.elements
        if token.role is Role.TEXT:
            shown += token.text
    return Token(Role.ATOM, field[0].chain, shown, tuple(elements))
