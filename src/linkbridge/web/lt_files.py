"""Keeps translated documents for the half hour in which their addresses work.

An address holds the key of its file: on the disk lies what nobody can read, under a name that does not give the address
away.
"""

import io
import json
import os
from datetime import timedelta
from pathlib import Path

from linkbridge.kernel.clock import Clock
from linkbridge.kernel.crypto import new_token, token_digest
from linkbridge.kernel.encoding import from_b64url
from linkbridge.kernel.errors import InvalidInput, NotFound
from linkbridge.kernel.filecrypt import KEY_BYTES, DecryptingReader, EncryptingWriter

LIFETIME = timedelta(minutes=30)
_ENDING = ".translated"


class KeptFiles:
    """The documents in a folder, which processes of one machine may share."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def keep(self, name: str, content: bytes) -> str:
        """Store a document and return its part of an address; what is past its time is deleted on the way.

        Raises:
            OSError: the disk does not take it.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.forget_old()
        token, digest = new_token()
        sealed = io.BytesIO()
        writer = EncryptingWriter(sealed, from_b64url(token))
        writer.write(json.dumps({"name": name}).encode() + b"\n" + content)
        writer.close()
        path = self._folder / f"{digest}{_ENDING}"
        path.touch(mode=0o600)
        path.write_bytes(sealed.getvalue())
        moment = self._clock.now().timestamp()
        os.utime(path, (moment, moment))
        return token

    def get(self, token: str) -> tuple[str, bytes]:
        """Return a document's name and bytes.

        Raises:
            NotFound: there is none under this address, or no longer.
        """
        path = self._folder / f"{token_digest(token)}{_ENDING}"
        try:
            key = from_b64url(token)
            if self._is_old(path) or len(key) != KEY_BYTES:
                raise NotFound("this document is no longer here")
            whole = DecryptingReader(io.BytesIO(path.read_bytes()), key).read()
        except (OSError, ValueError, InvalidInput):
            raise NotFound("this document is no longer here") from None
        header, _, content = whole.partition(b"\n")
        return str(json.loads(header)["name"]), content

    def forget(self, token: str) -> None:
        """Delete a document, if it is still there."""
        (self._folder / f"{token_digest(token)}{_ENDING}").unlink(missing_ok=True)

    def forget_old(self) -> None:
        """Delete what is past its time."""
        for path in self._folder.glob(f"*{_ENDING}"):
            try:
                if self._is_old(path):
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process was first

    def _is_old(self, path: Path) -> bool:
        return self._clock.now().timestamp() - path.stat().st_mtime >= LIFETIME.total_seconds()
