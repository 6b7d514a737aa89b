"""Answers what Slack asked, once, in threads of its own: taken and kept, acknowledged, answered, marked as done."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from assistant.errors import AssistantError, JournalError, QuestionError
from assistant.journal import Rating
from assistant.server.asking import Asked, Told, answering
from assistant.server.caller import Caller, Role
from assistant.server.context import Context
from assistant.server.inbox import Inbox
from assistant.server.slack import blocks
from assistant.server.slack.client import Slack, SlackUnreachable
from assistant.server.slack.incoming import Ask, dated, turns
from assistant.server.unavailable import Busy, NotReady, Unavailable

_log = logging.getLogger(__name__)
# Most of an answer's time is spent waiting for Slack; how many are worked out at a time is the answer pool's to say.
_WORKERS = 4
_POLL_SECONDS = 0.2
_HELP = (
    "Ask me about export control, for example: Is dysprosium metal controlled? "
    "Put a date in front to ask for another day: as of 2026-03-15: is dysprosium metal controlled?"
)
_THANKS = {
    Rating.HELPFUL: "Thank you, that is noted.",
    Rating.NOT_HELPFUL: "Thank you, that is noted. Write in the thread what was wrong, and ask again.",
}


class Bot:
    """The bot in one workspace. Whatever happens to a question, it is answered once or logged."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._inbox = Inbox(context.settings.data_dir)
        self._stopping = threading.Event()
        self._slack = Slack(context.settings.slack, self._stopping.wait)
        self._executor = ThreadPoolExecutor(_WORKERS, thread_name_prefix="slack")
        self._own: frozenset[str] = frozenset()

    def take(self, key: str, ask: Ask) -> None:
        """Takes a question that is to be answered, unless it was taken before. Once this returns it is kept.

        Raises StorageError where it cannot be kept.
        """
        if self._inbox.take(key, ask.as_json()):
            self._executor.submit(self._answer, key, ask, again=False)

    def resume(self) -> None:
        """Learns who the bot is, and answers what was taken before a restart and not answered."""
        self._executor.submit(self._learn)
        for key, work in self._inbox.left("slack").items():
            self._executor.submit(self._answer, key, Ask(**work), again=True)

    def rate(self, entry: str, rating: Rating, user: str, channel: str, thread: str | None) -> None:
        """Records what somebody thinks of an answer, and thanks them where Slack can be reached.

        Raises JournalError where it cannot be recorded.
        """
        self._context.journal.feedback(entry, rating, caller=user, channel="slack")
        name = user.rpartition("/")[2]
        self._executor.submit(self._whisper, channel, name, thread, blocks.plain_message(_THANKS[rating]))

    def show_sources(self, entry: str, user: str, channel: str, thread: str | None) -> None:
        """Shows somebody the quotes behind an answer, as far as they may be seen there; where the answer is gone, or
        rests on what may not be seen any more, nothing."""
        self._executor.submit(self._show_sources, entry, user, channel, thread)

    def own_ids(self) -> frozenset[str]:
        """The bot's user ids, as far as Slack has told them; never waits."""
        return self._own

    def close(self) -> None:
        """Lets what is being answered be answered; the rest is kept for the next start."""
        self._stopping.set()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _learn(self) -> None:
        try:
            self._own = self._slack.own_ids()
        except SlackUnreachable as error:
            _log.warning("Slack does not tell who the bot is: %s", error)

    def _answer(self, key: str, ask: Ask, *, again: bool) -> None:
        mark = f"answer-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        thread = ask.thread or (None if ask.direct else ask.ts)
        try:
            if again and ask.ts and self._slack.is_posted(ask.channel, thread, mark=mark, after=ask.ts):
                self._inbox.done(key)
                return
            message = self._message(ask, mark)
            if message is None:  # stopped before it was begun: the next start answers
                return
            if ask.response_url:
                # A command is answered where nobody can look whether it was: rather once too little than twice.
                self._inbox.done(key)
                self._slack.respond(ask.response_url, message)
            else:
                self._slack.post(ask.channel, thread, message, mark=mark, after=ask.ts)
                self._inbox.done(key)
        except SlackUnreachable as error:
            _log.error("Slack did not take an answer: %s", error)
            if not self._stopping.is_set():
                self._inbox.done(key, "failed")
        except Exception as error:  # noqa: BLE001 - nobody sees a thread end: the log says that it did
            _log.error("An answer to Slack failed: %s", type(error).__name__, exc_info=error)

    def _message(self, ask: Ask, mark: str) -> blocks.Message | None:
        if not ask.text:
            return blocks.plain_message(_HELP, mark=mark)
        try:
            told = self._told(ask)
        except JournalError as error:
            _log.error("An answer could not be recorded", exc_info=error)
            return blocks.plain_message("The answer could not be recorded and is therefore not given.", mark=mark)
        except (QuestionError, Unavailable) as error:
            return blocks.plain_message(str(error), mark=mark)
        except Exception as error:  # noqa: BLE001 - whoever asked is told so, rather than nothing
            _log.error("An answer to Slack failed: %s", type(error).__name__, exc_info=error)
            return blocks.plain_message("Something went wrong; the server's log says what. Ask again later.", mark=mark)
        if told is None:
            return None
        quoting = ask.text if ask.response_url else ""
        return blocks.answer_message(told.answer, told.entry, mark=mark, quoting=quoting)

    def _told(self, ask: Ask) -> Told | None:
        """The answer, as soon as the index is open and there is a place for it; None where the server stops first."""
        text, as_of = dated(ask.text)
        thread = ask.thread if not ask.response_url else None
        before = self._slack.said(ask.channel, thread, ask.ts) if thread or (ask.direct and ask.ts) else ()
        history = turns(before, ask, frozenset(ask.own) | self._own)
        caller = Caller(ask.caller, Role.READER, self._groups(ask.channel, ask.user))
        asked = Asked(text, as_of, history)
        while not self._stopping.is_set():
            try:
                _ = self._context.assistant
                return self._context.answers.submit(lambda: _last(self._context, caller, asked)).result()
            except NotReady:
                if self._context.failure is not None:
                    raise
                self._stopping.wait(_POLL_SECONDS)
            except Busy as error:
                self._stopping.wait(error.retry_after)
        return None

    def _groups(self, channel: str, user: str) -> frozenset[str]:
        """What may be seen in a channel: where everyone can read, only what is open to all."""
        granted = self._context.settings.slack.groups
        groups = granted.get(user if channel.startswith("D") else channel, ())
        return frozenset(groups) if groups and self._slack.is_private(channel) else frozenset()

    def _show_sources(self, entry: str, user: str, channel: str, thread: str | None) -> None:
        try:
            answer = self._context.journal.entry(entry, groups=self._groups(channel, user)).answer
        except AssistantError as error:
            _log.warning("The sources of an answer cannot be shown: %s", type(error).__name__)
            return
        for message in blocks.sources_messages(answer):
            self._whisper(channel, user, thread, message)

    def _whisper(self, channel: str, user: str, thread: str | None, message: Mapping[str, Any]) -> None:
        try:
            self._slack.whisper(channel, user, thread, message)
        except SlackUnreachable as error:
            _log.warning("Slack did not take a message to one person: %s", error)


def _last(context: Context, caller: Caller, asked: Asked) -> Told:
    """The whole answer, in the calling thread."""
    *_, told = answering(context, caller, asked, channel="slack")
    assert isinstance(told, Told)  # noqa: S101 - an answer ends with the whole of it
    return told
