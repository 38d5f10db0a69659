"""Lets a key be an argument: one key in sixty-four begins with a hyphen and would be taken for an option."""

import re
from typing import Any

from typer.core import TyperCommand

_LIKE_AN_OPTION = re.compile(r"-[A-Za-z0-9_-]{42}")
"""A 256-bit key or fingerprint in base64url (RFC 4648, section 5) that begins with a hyphen."""


class KeyCommand(TyperCommand):
    """Reads such a key as what it is, wherever it stands among the options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments with the keys last, behind the sign that no option follows."""
        keys = [argument for argument in args if _LIKE_AN_OPTION.fullmatch(argument)]
        others = [argument for argument in args if argument not in keys]
        return super().parse_args(ctx, [*others, "--", *keys] if keys else args)
