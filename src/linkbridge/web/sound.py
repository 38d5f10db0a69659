"""Answers with a recording out of the database, whole or the part of it that a player asks for."""

import re

from fastapi import Request, Response

from linkbridge.phrasebook.sound import OGG_OPUS

_RANGE = re.compile(r"^bytes=(\d+)-(\d*)$")


def sound(request: Request, body: bytes, cache_control: str) -> Response:
    """Return the recording. Players of some browsers play nothing of which they cannot get a part (RFC 9110, 14)."""
    headers = {"Cache-Control": cache_control, "Accept-Ranges": "bytes"}
    asked = _RANGE.match(request.headers.get("range", ""))
    if asked is None:
        return Response(body, media_type=OGG_OPUS, headers=headers)
    start, last = int(asked[1]), int(asked[2]) if asked[2] else len(body) - 1
    if start >= len(body) or last < start:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(body)}"})
    part = body[start : last + 1]
    headers["Content-Range"] = f"bytes {start}-{start + len(part) - 1}/{len(body)}"
    return Response(part, 206, media_type=OGG_OPUS, headers=headers)
