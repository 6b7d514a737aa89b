"""Requests that are signed rather than made with a key: Slack's scheme, which the webhook shares.

The signature is ``v0=`` and the HMAC-SHA256, in hexadecimal, of ``v0:{timestamp}:{body}`` under the shared secret; the
timestamp is in seconds and no more than five minutes from now, in either direction.
"""

from __future__ import annotations

import re

from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request

from assistant.server.problems import Problem

# What the SDK would take for a number, or fail on, is let through only as plain digits.
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def is_signed(secret: SecretStr, body: bytes, timestamp: str | None, signature: str | None) -> bool:
    """Whether a raw body was signed with the secret within five minutes; compared in constant time. Headers that are
    missing or malformed, and bodies that are no UTF-8, are not signed."""
    if timestamp is None or signature is None:
        return False
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    try:
        return SignatureVerifier(secret.get_secret_value()).is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return False


async def signed_body(request: Request, secret: SecretStr | None, *, timestamp: str, signature: str) -> bytes:
    """The raw body of a signed request; ``timestamp`` and ``signature`` are the names of its headers.

    Raises Problem: 404 where there is no secret, so nothing is set up, and 401 where the request is not signed with it.
    """
    if secret is None:
        raise Problem(404, "Nothing is set up at this address: its signing secret is not among the settings.")
    body = await request.body()
    if not is_signed(secret, body, request.headers.get(timestamp), request.headers.get(signature)):
        raise Problem(401, f"The request is not signed: {timestamp} and {signature} must be right and recent.")
    return body
