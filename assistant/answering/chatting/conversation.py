"""One answer's conversation with a chat model: a request, and one repair of what did not hold, within a deadline."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.answering.chatting.chat import Chat, Usage, estimated_tokens
from assistant.answering.chatting.claims import REPEATED, statement_of
from assistant.answering.chatting.prompts import Prompt
from assistant.answering.chatting.reply import Claim, ReplyReader
from assistant.answering.chatting.sheet import Sheet, evidence_sheet
from assistant.answering.chatting.spending import Spending
from assistant.answering.model import Statement
from assistant.errors import ModelError
from assistant.retrieval.evidence import Findings
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_MOST = 6
# What the frame of a request takes beside the prompt and the evidence, in tokens.
_FRAME = 500
# With less than this left there is no use in asking once more.
_SECONDS_TO_REPAIR = 1.0


class Conversation:
    """Asks once, hands out what holds, and asks once more for what does not. ``sheet`` is the evidence that the model
    was given, ``dropped`` how many of its statements did not hold in the end."""

    def __init__(self, chat: Chat, answer: Prompt, repair: Prompt, settings: Settings, spending: Spending) -> None:
        self._chat, self._answer, self._repair = chat, answer, repair
        self._settings, self._spending = settings, spending
        self._until = time.monotonic() + settings.model_deadline_seconds
        self._made: list[Statement] = []
        self.sheet = Sheet({})
        self.dropped = 0

    def statements(self, findings: Findings, said: Sequence[Statement]) -> Iterator[Statement]:
        """The statements that hold, each as soon as it does.

        Raises ModelError where the model fails, writes nothing that can be read, or its limits are used up.
        """
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        system = self._answer.filled(most=str(_MOST))
        room = self._settings.model_max_input_tokens - estimated_tokens(system) - _FRAME
        self.sheet = evidence_sheet(findings, said, room)
        messages = [SystemMessage(system), HumanMessage(self.sheet.as_json(findings, said))]
        reply = ReplyReader()
        failed: list[tuple[Claim, str]] = []
        try:
            yield from self._held(messages, reply, said, failed)
        finally:
            self.dropped = len(failed)
        if not reply.claims and not reply.is_empty_list:
            raise ModelError("unreadable")
        if failed and len(self._made) < _MOST and self._until - time.monotonic() > _SECONDS_TO_REPAIR:
            wrong = [{**claim.as_data(), "wrong": reason} for claim, reason in failed]
            again = f"{self._repair.filled()}\n\n{json.dumps({'statements': wrong}, ensure_ascii=False)}"
            messages += [AIMessage(reply.text), HumanMessage(again)]
            # A repair that fails costs nothing but the repair.
            with suppress(ModelError):
                for statement in self._held(messages, ReplyReader(), said, []):
                    self.dropped = max(0, self.dropped - 1)
                    yield statement

    def _held(
        self,
        messages: Sequence[BaseMessage],
        reply: ReplyReader,
        said: Sequence[Statement],
        failed: list[tuple[Claim, str]],
    ) -> Iterator[Statement]:
        """The statements of one reply that hold; what does not is noted in ``failed`` with why."""
        for claim in self._claims(messages, reply):
            statement, reason = statement_of(claim, self.sheet, [*said, *self._made])
            if statement is None:
                if reason != REPEATED:
                    failed.append((claim, reason))
            elif len(self._made) < _MOST:
                self._made.append(statement)
                yield statement

    def _claims(self, messages: Sequence[BaseMessage], reply: ReplyReader) -> Iterator[Claim]:
        asked = sum(estimated_tokens(str(each.content)) for each in messages)
        self._spending.check(asked, self._settings.model_max_output_tokens)
        usage = Usage()
        try:
            for piece in self._chat.stream(messages, until=self._until, usage=usage):
                yield from reply.feed(piece)
        finally:
            self._spending.record(usage)
