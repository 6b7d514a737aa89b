"""`/slack/events`, `/slack/commands`, `/slack/interactions`: signed, acknowledged at once, answered by the bot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from assistant.errors import JournalError, StorageError, UnknownEntry
from assistant.journal import Rating
from assistant.server.context import Context
from assistant.server.problems import Problem
from assistant.server.rights import Server
from assistant.server.signing import signed_body
from assistant.server.slack.bot import Bot
from assistant.server.slack.incoming import Ask, asked_in, key_of, plain

# None of it is for programs that read the API's document: only Slack can sign it.
router = APIRouter(prefix="/slack", include_in_schema=False)


@router.post("/events")
async def events(request: Request, server: Server) -> Response:
    """An event of Slack's Events API."""
    sent = _object(await _signed(request, server))
    if sent.get("type") == "url_verification":
        return JSONResponse({"challenge": str(sent.get("challenge", ""))})
    event = sent.get("event")
    if sent.get("type") != "event_callback" or not isinstance(event, dict):
        return Response()
    bot, team = _bot(request), str(sent.get("team_id") or "")

    def take() -> None:
        own = _authorized(sent) or bot.own_ids()
        ask = asked_in(event, team, own)
        if ask is not None:
            bot.take(key_of(event, team), ask)

    await _kept(take)
    return Response()


@router.post("/commands")
async def commands(request: Request, server: Server) -> Response:
    """A slash command; what it asks is answered to whoever gave it."""
    form = _form(await _signed(request, server))
    bot = _bot(request)
    trigger, url = form.get("trigger_id", ""), form.get("response_url", "")
    team, channel, user = (form.get(name, "") for name in ("team_id", "channel_id", "user_id"))
    if not (trigger and url and user):
        raise Problem(400, "A command of Slack has trigger_id, response_url and user_id.")
    text = plain(form.get("text", ""), frozenset())
    ask = Ask(team, channel, user, text, direct=channel.startswith("D"), response_url=url)
    await _kept(lambda: bot.take(f"slack:command/{trigger}", ask))
    return JSONResponse({"response_type": "ephemeral", "text": "Looking it up …"})


@router.post("/interactions")
async def interactions(request: Request, server: Server) -> Response:
    """A click on one of an answer's buttons."""
    sent = _object(_form(await _signed(request, server)).get("payload", "").encode())
    actions, bot = sent.get("actions"), _bot(request)
    if sent.get("type") != "block_actions" or not isinstance(actions, list) or not actions:
        return Response()
    action = actions[0] if isinstance(actions[0], dict) else {}
    clicked, entry = str(action.get("action_id", "")), str(action.get("value", ""))
    user, team = (str(_at(sent, name, "id") or "") for name in ("user", "team"))
    channel = str(_at(sent, "channel", "id") or _at(sent, "container", "channel_id") or "")
    thread = _at(sent, "message", "thread_ts") or _at(sent, "container", "thread_ts")

    def act() -> None:
        if clicked in list(Rating):
            bot.rate(entry, Rating(clicked), f"slack:{team}/{user}", channel, thread)
        elif clicked == "sources":
            bot.show_sources(entry, user, channel, thread)

    try:
        await run_in_threadpool(act)
    except UnknownEntry:
        pass  # deleted under retention since; nothing is left to rate or to show
    except JournalError:
        raise Problem(503, "What was clicked could not be recorded; try again.", headers={"Retry-After": "5"}) from None
    return Response()


async def _signed(request: Request, server: Context) -> bytes:
    secret = server.settings.slack.signing_secret
    return await signed_body(request, secret, timestamp="X-Slack-Request-Timestamp", signature="X-Slack-Signature")


def _bot(request: Request) -> Bot:
    bot: Bot | None = request.app.state.slack
    if bot is None:
        raise Problem(503, "Slack is not set up: SLACK_BOT_TOKEN is not among the settings.")
    return bot


async def _kept(take: Any) -> None:
    """Keeps what came in, or says that it could not be kept: then Slack sends it again."""
    try:
        await run_in_threadpool(take)
    except StorageError:
        raise Problem(503, "What was sent could not be kept; send it again.", headers={"Retry-After": "5"}) from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "The body is no JSON.") from None
    if not isinstance(sent, dict):
        raise Problem(400, "The body is no JSON object.")
    return sent


def _form(body: bytes) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(body.decode(), max_num_fields=100).items()}
    except ValueError:
        raise Problem(400, "The body is no form.") from None


def _authorized(sent: Mapping[str, Any]) -> frozenset[str]:
    listed = sent.get("authorizations")
    found = listed if isinstance(listed, list) else []
    return frozenset(str(each.get("user_id")) for each in found if isinstance(each, dict) and each.get("is_bot"))


def _at(sent: Mapping[str, Any], *names: str) -> Any:
    found: Any = sent
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found
