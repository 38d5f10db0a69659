"""Signed links into a session. They say which side one is on; whether it is open the session itself decides."""

import base64
import hmac

from itsdangerous import BadSignature, URLSafeSerializer

from linkbridge.interpreting.calls.values import CallLink
from linkbridge.interpreting.values import Party
from linkbridge.kernel.errors import NotFound

_SALT = "linkbridge.call"
_LONGEST = 400


class CallLinks:
    """Makes and reads the links, and names Jitsi rooms."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._serializer = URLSafeSerializer(secret, salt=_SALT)

    def token(self, link: CallLink) -> str:
        """Return the signed token."""
        return str(self._serializer.dumps([link.request_id, link.party.value, link.assignment_id]))

    def read(self, token: str) -> CallLink:
        """Return what a token says.

        Raises:
            NotFound: this is no link of ours.
        """
        if len(token) <= _LONGEST:
            try:
                request_id, party, assignment_id = self._serializer.loads(token)
                return CallLink(request_id, Party(party), assignment_id)
            except (BadSignature, ValueError, TypeError):
                pass
        raise NotFound("this link is not one of ours")

    def room(self, request_id: str) -> str:
        """Return the name of a request's Jitsi room, which nobody can guess."""
        digest = hmac.digest(self._secret, b"linkbridge.room\0" + request_id.encode(), "sha256")
        return "lb-" + base64.b32encode(digest[:20]).decode().lower()
