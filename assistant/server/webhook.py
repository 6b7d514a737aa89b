"""`/webhook`: any chat that can sign a request asks here, and gets the answer as the response."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field, ValidationError

from assistant.server.answers import told_json
from assistant.server.asking import Asked, Told, answering
from assistant.server.bodies import Question
from assistant.server.caller import Caller, Role
from assistant.server.problems import Problem
from assistant.server.prose import closing
from assistant.server.rights import Server
from assistant.server.signing import signed_body

# Described in docs/slack.md: its body is read raw, since that is what was signed.
router = APIRouter(include_in_schema=False)


class WebhookQuestion(Question):
    """A question from a chat. ``id`` names the message: sent again, it gets the same answer. ``user`` is for the
    journal."""

    id: str = Field(pattern=r"^[\x21-\x7e]{1,200}$")
    user: str = Field(default="", max_length=200)


@router.post("/webhook")
async def webhook(request: Request, server: Server) -> JSONResponse:
    """Answers a question from the sources that are open to all, once for every id."""
    secret = server.settings.webhook.signing_secret
    body = await signed_body(request, secret, timestamp="X-Signature-Timestamp", signature="X-Signature")
    try:
        sent = WebhookQuestion.model_validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise Problem(400, "The body is not JSON.") from None
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(found) from None
    asked = Asked(sent.question, sent.as_of, sent.turns())
    caller = Caller(f"webhook:{sent.user}", Role.READER, frozenset())

    def answer() -> dict[str, Any]:
        *_, told = answering(server, caller, asked, channel="webhook")
        assert isinstance(told, Told)  # noqa: S101 - an answer ends with the whole of it
        return {**told_json(told), "text": f"{told.answer.text}\n\n{closing(told.answer)}"}

    digest = hashlib.sha256(body).hexdigest()
    return JSONResponse(await server.answers.run(lambda: server.done.once("webhook", sent.id, digest, answer)))
