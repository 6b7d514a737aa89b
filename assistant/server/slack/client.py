"""Slack's Web API: rate limits are waited out, what failed on the way is tried again without saying anything twice."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.webhook import WebhookClient

from assistant.settings import SlackSettings

_log = logging.getLogger(__name__)
_HOOKS = "https://hooks.slack.com/"
_TIMEOUT_SECONDS = 20
_RATE_LIMITS_WAITED_OUT = 6
_ATTEMPTS = 4
_FIRST_PAUSE_SECONDS = 1.0
_MESSAGES = 200


class SlackUnreachable(Exception):
    """Slack did not take a message: refused for good, or not reached in all attempts."""


class Slack:
    """One workspace's API, in whichever thread."""

    def __init__(self, settings: SlackSettings, wait: Callable[[float], object]) -> None:
        """``wait`` is what passes the seconds between attempts."""
        token = settings.bot_token.get_secret_value() if settings.bot_token else None
        base = settings.api_url if settings.api_url.endswith("/") else f"{settings.api_url}/"
        self._trusted = (_HOOKS, base.removesuffix("api/"))
        self._wait = wait
        self._web = WebClient(token, base_url=base, timeout=_TIMEOUT_SECONDS, retry_handlers=_retries())

    def own_ids(self) -> frozenset[str]:
        """The bot's user id. Raises SlackUnreachable."""
        return frozenset({str(self._call(lambda: self._web.auth_test())["user_id"])})

    def post(self, channel: str, thread: str | None, message: Mapping[str, Any], *, mark: str, after: str) -> None:
        """Posts a message once: ``mark`` is the id of its first block, looked for among what was said after ``after``
        before another attempt is made. Raises SlackUnreachable.
        """

        def attempt(number: int) -> None:
            if number and self._is_posted(channel, thread, mark, after):
                return
            self._web.chat_postMessage(
                channel=channel, thread_ts=thread, unfurl_links=False, unfurl_media=False, **message
            )

        self._attempts(attempt)

    def is_posted(self, channel: str, thread: str | None, *, mark: str, after: str) -> bool:
        """Whether a message whose first block has this id was posted; False where Slack refuses to tell.

        Raises SlackUnreachable.
        """
        return bool(self._call(lambda: self._is_posted(channel, thread, mark, after)))

    def whisper(self, channel: str, user: str, thread: str | None, message: Mapping[str, Any]) -> None:
        """Shows a message to one person. Raises SlackUnreachable."""
        self._call(lambda: self._web.chat_postEphemeral(channel=channel, user=user, thread_ts=thread, **message))

    def respond(self, response_url: str, message: Mapping[str, Any]) -> None:
        """Answers a command, to the person who gave it. Raises SlackUnreachable."""
        if not response_url.startswith(self._trusted):
            raise SlackUnreachable("the address to respond to is not Slack's")
        hook = WebhookClient(response_url, timeout=_TIMEOUT_SECONDS, retry_handlers=_retries())
        try:
            answer = hook.send_dict({"response_type": "ephemeral", "replace_original": False, **message})
        except (SlackClientError, OSError, http.client.HTTPException) as error:
            raise SlackUnreachable(type(error).__name__) from error
        if answer.status_code != 200:
            raise SlackUnreachable(f"status {answer.status_code}")

    def said(self, channel: str, thread: str | None, before: str) -> Sequence[Mapping[str, Any]]:
        """The last messages of a thread, or of a direct chat before a moment; none where Slack does not tell."""
        try:
            if thread:
                got = self._call(lambda: self._web.conversations_replies(channel=channel, ts=thread, limit=_MESSAGES))
            else:
                got = self._call(
                    lambda: self._web.conversations_history(channel=channel, latest=before, limit=_MESSAGES)
                )
        except SlackUnreachable as error:
            _log.warning("Slack does not tell what was said before: %s", error)
            return ()
        messages: Sequence[Mapping[str, Any]] = got.get("messages", ())
        return messages

    def is_private(self, channel: str) -> bool:
        """Whether only its members see a channel, and none of another company; False where Slack does not tell."""
        try:
            about = self._call(lambda: self._web.conversations_info(channel=channel)).get("channel", {})
        except SlackUnreachable as error:
            _log.warning("Slack does not tell whether a channel is private: %s", error)
            return False
        private = about.get("is_private") or about.get("is_im")
        return bool(private) and not about.get("is_ext_shared") and not about.get("is_shared")

    def _is_posted(self, channel: str, thread: str | None, mark: str, after: str) -> bool:
        try:
            if thread:
                got = self._web.conversations_replies(channel=channel, ts=thread, oldest=after, limit=_MESSAGES)
            else:
                got = self._web.conversations_history(channel=channel, oldest=after, limit=_MESSAGES)
        except SlackApiError as error:
            if not _is_final(error):
                raise
            _log.warning("Slack does not tell what was posted: %s", _named(error))
            return False
        messages: Sequence[Mapping[str, Any]] = got.get("messages", ())
        return any(block.get("block_id") == mark for each in messages for block in each.get("blocks") or ())

    def _call(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (SlackClientError, OSError, http.client.HTTPException) as error:
            raise SlackUnreachable(_named(error)) from error

    def _attempts(self, attempt: Callable[[int], None]) -> None:
        pause = _FIRST_PAUSE_SECONDS
        for number in range(_ATTEMPTS):
            try:
                attempt(number)
                return
            except (SlackClientError, OSError, http.client.HTTPException) as error:
                if _is_final(error) or number == _ATTEMPTS - 1:
                    raise SlackUnreachable(_named(error)) from error
                _log.warning("Slack was not reached (%s); trying again", _named(error))
                self._wait(pause)
                pause *= 3


def _retries() -> list[RetryHandler]:
    """What the SDK tries again by itself: what Slack did not do for sheer numbers. Anything else might have been done
    the first time."""
    return [RateLimitErrorRetryHandler(max_retry_count=_RATE_LIMITS_WAITED_OUT)]


def _is_final(error: Exception) -> bool:
    """Whether trying again changes nothing: Slack understood and said no."""
    if not isinstance(error, SlackApiError):
        return False
    code = getattr(error.response, "status_code", 0) or 0
    return code < 500 and _named(error) not in ("internal_error", "fatal_error", "service_unavailable", "ratelimited")


def _named(error: Exception) -> str:
    """An error's name alone: its text may hold what people said."""
    if isinstance(error, SlackApiError):
        data = getattr(error.response, "data", None)
        if isinstance(data, dict) and data.get("error"):
            return str(data["error"])
    return type(error).__name__
