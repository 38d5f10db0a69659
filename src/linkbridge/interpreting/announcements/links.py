"""Signed links with which an interpreter answers an offer without signing in.

A link names an offer and nothing else. It cannot be used twice to another end: what it may still do is decided by the
state of the offer, not by the link.
"""

from itsdangerous import BadSignature, URLSafeSerializer

from linkbridge.kernel.errors import NotFound

_SALT = "linkbridge.offer"
_LONGEST = 200


class AnswerLinks:
    """Makes and reads the links."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeSerializer(secret, salt=_SALT)

    def path(self, offer_id: str) -> str:
        """Return the path of the page on which an offer is answered."""
        return f"/answer/{self._serializer.dumps(offer_id)!s}"

    def read(self, token: str) -> str:
        """Return the id of the offer.

        Raises:
            NotFound: this is no link of ours.
        """
        if len(token) <= _LONGEST:
            try:
                return str(self._serializer.loads(token))
            except BadSignature:
                pass
        raise NotFound("this link is not one of ours")
