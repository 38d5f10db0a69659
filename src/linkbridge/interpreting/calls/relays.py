"""Credentials for a TURN relay that are valid for a while ("TURN REST API", draft-uberti-behave-turn-rest-00). Pure."""

import base64
import hmac
from datetime import datetime
from typing import Any

from linkbridge.interpreting.calls.values import CallSetup


def turn_password(secret: str, username: str) -> str:
    """Return the password that coturn expects of a username: HMAC-SHA1, as its ``use-auth-secret`` fixes it."""
    return base64.b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()


def ice_configuration(setup: CallSetup, *, until: datetime, nonce: str) -> dict[str, Any]:
    """Return what ``RTCPeerConnection`` is told. The username is the end of its validity and a random word."""
    servers = []
    if setup.turn_urls and setup.turn_secret:
        username = f"{int(until.timestamp())}:{nonce}"
        password = turn_password(setup.turn_secret, username)
        servers.append({"urls": list(setup.turn_urls), "username": username, "credential": password})
    return {"iceServers": servers, "iceTransportPolicy": "all" if setup.direct else "relay"}
