"""What Slack sends → the question in it, if there is one."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.errors import QuestionError
from assistant.retrieval.question import Turn

# Of the subtypes a message can have, these are still a person's own words; all others are edits, joins, bots and so on.
_WORDS_OF_PEOPLE = (None, "file_share", "thread_broadcast")
# As much of a conversation as bears on what is asked next.
_TURNS = 20
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<!([a-z]+)[^>]*>")
_AS_OF = re.compile(r"\bas of (\d{4}-\d{2}-\d{2})\b[,:]?|截至\s*(\d{4}-\d{2}-\d{2})[,，:：]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question from Slack. ``ts`` is its message's, ``thread`` that of the thread it stands in, if any;
    ``direct`` says whether it came in a direct message. A command has no message but a ``response_url``.
    ``own`` are the bot's user ids, as far as they were known."""

    team: str
    channel: str
    user: str
    text: str
    ts: str = ""
    thread: str | None = None
    direct: bool = False
    response_url: str | None = None
    own: tuple[str, ...] = ()

    @property
    def caller(self) -> str:
        """Who asked, as the journal names them."""
        return f"slack:{self.team}/{self.user}"

    def as_json(self) -> dict[str, Any]:
        """The question as plain data, for the inbox."""
        return asdict(self)


def key_of(event: Mapping[str, Any], team: str) -> str:
    """What names a message: a mention comes as ``app_mention`` and as ``message``, with event ids of their own."""
    return f"slack:{team}/{event.get('channel')}/{event.get('ts')}"


def asked_in(event: Mapping[str, Any], team: str, own: frozenset[str]) -> Ask | None:
    """The question that an event asks of the bot, None where it asks nothing. ``own`` are the bot's user ids.

    Whatever a bot wrote, this one or another, is no question; nor are edits, joins and other notices. In channels the
    bot is asked by a mention, in direct messages by any.
    """
    if event.get("type") not in ("message", "app_mention") or event.get("subtype") not in _WORDS_OF_PEOPLE:
        return None
    if event.get("bot_id") or event.get("bot_profile") or event.get("edited") or event.get("hidden"):
        return None
    user, channel, ts, text = (str(event.get(name) or "") for name in ("user", "channel", "ts", "text"))
    if not (user and channel and ts) or user in own or user == "USLACKBOT":
        return None
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    mentioned = event["type"] == "app_mention" or any(each in own for each in _MENTION.findall(text))
    if not direct and not mentioned:
        return None
    thread = event.get("thread_ts")
    return Ask(
        team, channel, user, plain(text, own), ts, str(thread) if thread else None, direct, own=tuple(sorted(own))
    )


def plain(text: str, own: frozenset[str]) -> str:
    """Slack's markup as a person reads it: without the mention of the bot, entities resolved."""
    text = _MENTION.sub(lambda found: "" if found[1] in own else f"@{found[1]}", text)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    text = _CHANNEL.sub(lambda found: f"#{found[1] or 'channel'}", text)
    text = _SPECIAL.sub(lambda found: f"@{found[1]}", text)
    return html.unescape(text).strip()


def dated(text: str) -> tuple[str, dt.date | None]:
    """A question without the date it is asked for, and that date: "as of 2026-03-15: is dysprosium controlled?".

    Raises QuestionError where the date is none.
    """
    found = _AS_OF.search(text)
    if found is None:
        return text, None
    day = found[1] or found[2]
    try:
        as_of = dt.date.fromisoformat(day)
    except ValueError:
        raise QuestionError(f"{day} is not a date; write one like 2026-03-15.") from None
    return (text[: found.start()] + text[found.end() :]).strip(" ,:，："), as_of


def turns(messages: Sequence[Mapping[str, Any]], ask: Ask, own: frozenset[str]) -> tuple[Turn, ...]:
    """The conversation before a question, oldest first: what people asked the bot, and what it answered. What they said
    to each other in between is none of it."""
    found = []
    for message in sorted(messages, key=lambda each: float(each.get("ts") or 0)):
        if float(message.get("ts") or 0) >= float(ask.ts):
            continue
        ours = message.get("user") in own
        said = plain(str(message.get("text") or ""), own)
        to_us = ask.direct or any(each in own for each in _MENTION.findall(str(message.get("text") or "")))
        by_person = not message.get("bot_id") and message.get("subtype") in _WORDS_OF_PEOPLE
        role: Literal["user", "assistant"] | None = "assistant" if ours else "user" if by_person and to_us else None
        if role and said:
            found.append(Turn(role, said))
    return tuple(found[-_TURNS:])
