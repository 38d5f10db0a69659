"""Files that are archives of XML (OOXML, OpenDocument): read within limits, without entities, and packed again."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element

from linkbridge.kernel.errors import InvalidInput, TooLarge
from linkbridge.translation.documents.values import Limits

DAMAGES = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What the standard library raises on an archive that cannot be read."""

_MOST_RATIO = 200
_SMALL = 1_000_000
_MOST_XML = 32_000_000
_CHUNK = 262_144


def parse_xml(content: bytes) -> Element:
    """Return the root of some XML. A document type is refused, since with it come entities.

    Raises:
        InvalidInput: it is no well-formed XML, or declares a document type.
        TooLarge: it would take too much memory.
    """
    if len(content) > _MOST_XML:
        raise TooLarge("a part of the document is too large when unpacked", limit=_MOST_XML)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvalidInput("the document is damaged: it holds XML that cannot be read", field="document") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InvalidInput("the document declares entities, which are not accepted", field="document")
    return root


@dataclass(slots=True)
class Archive:
    """The parts of a document by their names, in their order."""

    parts: dict[str, bytes]
    _trees: dict[str, Element] = field(default_factory=dict)

    @classmethod
    def read(cls, content: bytes, limits: Limits) -> "Archive":
        """Return what is packed in a document.

        Raises:
            InvalidInput: it is damaged or encrypted.
            TooLarge: it holds too many parts, or parts that are too large or packed too densely.
        """
        parts: dict[str, bytes] = {}
        left = limits.unpacked
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                infos = packed.infolist()
                if len(infos) > limits.entries:
                    raise TooLarge("the document has too many parts", limit=limits.entries)
                for info in infos:
                    if info.flag_bits & 1:
                        raise InvalidInput("the document is encrypted", field="document", problem="encrypted")
                    parts[info.filename] = _unpack(packed, info, min(left, _most(info)))
                    left -= len(parts[info.filename])
        except DAMAGES as error:
            raise InvalidInput("the document is damaged", field="document") from error
        return cls(parts)

    def tree(self, name: str) -> Element:
        """Return the root of an XML part, which is written back with all that is done to it.

        Raises:
            InvalidInput: there is no such part, or it cannot be read.
        """
        if name not in self._trees:
            if name not in self.parts:
                raise InvalidInput("the document is damaged: a part of it is missing", field="document")
            self._trees[name] = parse_xml(self.parts[name])
        return self._trees[name]

    def add(self, name: str, root: Element) -> None:
        """Add an XML part."""
        self.parts[name] = b""
        self._trees[name] = root

    def write(self) -> bytes:
        """Return the document packed again; a part named ``mimetype`` comes first and uncompressed (OpenDocument)."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, body in self._bodies():
                info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
                packed.writestr(info, body)
        return target.getvalue()

    def _bodies(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self.parts, key=lambda name: name != "mimetype"):
            if name.endswith("/"):
                continue
            tree = self._trees.get(name)
            if tree is None:
                yield name, self.parts[name]
            else:
                yield name, etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _most(info: zipfile.ZipInfo) -> int:
    return max(_SMALL, info.compress_size * _MOST_RATIO)


def _unpack(packed: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Read no further than allowed, whatever the archive says of its own sizes."""
    body = bytearray()
    with packed.open(info) as file:
        while chunk := file.read(_CHUNK):
            body += chunk
            if len(body) > most:
                raise TooLarge("a part of the document is too large when unpacked", limit=most)
    return bytes(body)
