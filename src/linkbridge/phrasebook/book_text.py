"""Changes the English of single phrases in a ``book.yaml`` and leaves every other character as it is."""

import json
from collections.abc import Iterator, Mapping

import yaml

from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.schema import Translation, text_hash
from linkbridge.phrasebook.yaml_source import Problems, YamlSource

_TEXT_TAG = "tag:yaml.org,2002:str"
_BLOCK_STYLES = frozenset("|>")
_Edit = tuple[int, int, str]
_Fields = Mapping[str, tuple[yaml.Node, yaml.Node]]


def revise_phrases(source: str, texts: Mapping[str, Translation]) -> str:
    """Return the ``book.yaml`` ``source`` with the English ``texts`` by phrase id, each with its status (``revised``).

    Raises:
        InvalidInput: a phrase is not there, or its text cannot be written.
    """
    root = YamlSource("book.yaml", Problems()).parse(source)
    listed = _fields(root).get("phrases")
    phrases = {_id(node): node for node in (listed[1].value if listed else ()) if isinstance(node, yaml.MappingNode)}
    edits: list[_Edit] = []
    for phrase_id, text in texts.items():
        if phrase_id not in phrases:
            raise InvalidInput(f"the file has no phrase '{phrase_id}'")
        edits.extend(_edits(source, phrases[phrase_id], text))
    for start, end, written in sorted(edits, reverse=True):
        source = source[:start] + written + source[end:]
    return source


def _edits(source: str, phrase: yaml.MappingNode, text: Translation) -> Iterator[_Edit]:
    fields = _fields(phrase)
    if "text" not in fields:
        raise InvalidInput(f"the phrase in line {phrase.start_mark.line + 1} has no text")
    key, value = fields["text"]
    if not isinstance(value, yaml.ScalarNode) or value.start_mark.index < key.end_mark.index:
        raise InvalidInput(f"the text in line {key.start_mark.line + 1} is an alias; write it out first")
    in_flow = bool(phrase.flow_style)
    start, end = value.start_mark.index, _end(source, value)
    if str(value.value).strip() != text.text:
        quoted = in_flow or value.style in {'"', "'"}
        yield start, end, _scalar(text.text, quoted=quoted) + _comment_after(source, value)
    revised = _revised(text)
    if "revised" in fields:
        old = fields["revised"][1]
        yield old.start_mark.index, _end(source, old), revised
    elif in_flow:
        yield end, end, f", revised: {revised}"
    else:
        yield _new_line_after(source, end, f"{' ' * key.start_mark.column}revised: {revised}")


def _new_line_after(source: str, position: int, line: str) -> _Edit:
    """Return the edit that adds a line after the one in which ``position`` is, with the file's line ends."""
    line_end = source.find("\n", position)
    break_ = "\r\n" if "\r\n" in source else "\n"
    if line_end < 0:
        return len(source), len(source), f"{break_}{line}"
    return line_end + 1, line_end + 1, f"{line}{break_}"


def _end(source: str, node: yaml.Node) -> int:
    """Return where what is written of a node ends: the marks of blocks lie behind blank lines and comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(source, last[1] if isinstance(node, yaml.MappingNode) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return int(start + len(source[start:end].rstrip()))


def _comment_after(source: str, value: yaml.ScalarNode) -> str:
    """Return the comment in the header of a block scalar, which goes with the block otherwise."""
    if value.style not in _BLOCK_STYLES:
        return ""
    header = source[value.start_mark.index :].split("\n", 1)[0].rstrip("\r")
    _, mark, comment = header.partition(" #")
    return f"{mark}{comment}"


def _scalar(text: str, *, quoted: bool) -> str:
    in_quotes = json.dumps(text, ensure_ascii=False)
    for written in (in_quotes,) if quoted else (text, in_quotes):
        if _reads_as(written, text):
            return written
    raise InvalidInput("the text holds characters that YAML cannot carry", field="text")


def _reads_as(written: str, text: str) -> bool:
    root = YamlSource("", Problems()).parse(f"- text: {written}\n  next: here\n")
    fields = _fields(root.value[0]) if isinstance(root, yaml.SequenceNode) else {}
    if list(fields) != ["text", "next"]:
        return False
    value = fields["text"][1]
    return isinstance(value, yaml.ScalarNode) and value.tag == _TEXT_TAG and value.value == text


def _revised(text: Translation) -> str:
    readers = ", ".join(f'{{ id: "{review.reviewer}", date: {review.date} }}' for review in text.reviewers)
    return (
        f'{{ hash: "{text_hash(text.text)}", status: {text.status}, origin: {text.origin}, date: {text.date}, '
        f"reviewers: [{readers}] }}"
    )


def _id(phrase: yaml.Node) -> str:
    found = _fields(phrase).get("id")
    return str(found[1].value).strip() if found else ""


def _fields(node: yaml.Node | None) -> _Fields:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value}
