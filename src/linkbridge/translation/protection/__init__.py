"""Brings what must not change through a translation unchanged: e-mails, numbers of documents, emoji and more.

Measured with the bundled models: unprotected, no e-mail and no emoji survives, and placeholders survive a third.
"""

from linkbridge.translation.protection.finding import find_spans
from linkbridge.translation.protection.marking import SHAPES, Marked, mark, restore
from linkbridge.translation.protection.translating import ProtectedOutput, Translate, translate_protected

__all__ = ["SHAPES", "Marked", "ProtectedOutput", "Translate", "find_spans", "mark", "restore", "translate_protected"]
