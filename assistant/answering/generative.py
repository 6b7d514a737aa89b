"""The writer with a chat model: it words what the provisions say, and every word of it is checked.

The verdict, the rule it rests on and the standings are said by our own code, before and after, just as without a model.
In between, each statement of the model is held to the words it quotes as it arrives; what fails is sent back once and
otherwise dropped. Where the model fails or is too slow, the answer goes on with quotations and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.answering.chatting.attribution import attributed
from assistant.answering.chatting.chat import Chat, open_chat
from assistant.answering.chatting.conversation import Conversation
from assistant.answering.chatting.prompts import Prompt, digest_of
from assistant.answering.chatting.sheet import Sheet
from assistant.answering.chatting.spending import Spending
from assistant.answering.deciding.reach import bending
from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.model import Draft, Ending, Opening, Piece, Statement, Verdict
from assistant.answering.phrases import Phrasebook, Phrases
from assistant.answering.quoting.caveats import caveats_for
from assistant.answering.quoting.standings import standings_of
from assistant.answering.verdict import Decision, decide
from assistant.answering.verify import borne_out
from assistant.errors import ModelError
from assistant.retrieval.evidence import Findings
from assistant.settings import Settings, packaged


def generative_writer(settings: Settings, phrasebook: Phrasebook) -> GenerativeWriter:
    """The writer with the chat model that the settings name. Raises SettingsError where it cannot be used."""
    return GenerativeWriter(open_chat(settings), phrasebook, packaged("prompts"), settings)


class GenerativeWriter:
    """Writes with a chat model, and with the extractive writer what must not hang on one."""

    def __init__(self, chat: Chat, phrasebook: Phrasebook, prompts: Path, settings: Settings) -> None:
        self.name = chat.name
        self._chat = chat
        self._phrasebook = phrasebook
        self._extractive = ExtractiveWriter(phrasebook)
        self._answer, self._repair = Prompt.read(prompts / "answer.md"), Prompt.read(prompts / "repair.md")
        self._settings = settings
        self._spending = Spending(settings)

    def write(self, findings: Findings) -> Iterator[Piece]:
        """The verdict and its rule, then the model's statements as they hold, then the standings of what they rest
        on."""
        draft = self._extractive.draft(findings)
        if draft.verdict is Verdict.NOT_COVERED:
            # Without evidence there is nothing to word.
            yield from draft.pieces(self._extractive.name)
            return
        question = findings.question
        phrases = self._phrasebook.of(question.language)
        sure = any(borne_out(each, question.as_of, question.search) for each in draft.statements)
        yield Opening(draft.verdict, draft.nearest, sure)
        yield from draft.statements[: draft.opening]
        said = list(draft.statements[: draft.opening])
        talk = Conversation(self._chat, self._answer, self._repair, self._settings, self._spending)
        failure: ModelError | None = None
        try:
            for statement in talk.statements(findings, said):
                for each in _with_standing(phrases, findings, talk.sheet, said, statement):
                    said.append(each)
                    yield each
        except ModelError as error:
            failure = error
        if not any(each.worded for each in said):
            failure = failure or ModelError("nothing_held")
        decision = decide(findings)
        for each in _left(draft, said, None if failure else _bending(findings, decision)):
            said.append(each)
            yield each
        caveats = (*self._own_caveats(phrases, said, failure), *caveats_for(phrases, findings, decision, said))
        writer = self.name if any(each.worded for each in said) else self._extractive.name
        yield Ending(caveats, writer, digest_of(self._answer, self._repair), talk.dropped)

    def _own_caveats(self, phrases: Phrases, said: Sequence[Statement], failure: ModelError | None) -> Iterator[str]:
        """What must be known of the model's part: that it failed, that it translated."""
        if failure is not None:
            reason = phrases.say(f"model.reasons.{failure.reason}", **failure.values)
            name = "model.partly" if any(each.worded for each in said) else "model.fallback"
            yield phrases.say(name, model=self.name, reason=reason)
        if any(each.translation for each in said):
            yield phrases.say("model.translations")


def _with_standing(
    phrases: Phrases, findings: Findings, sheet: Sheet, said: Sequence[Statement], statement: Statement
) -> list[Statement]:
    """A statement, and after it how what it rests on stands, where that does not plainly apply."""
    known = {each.text for each in said}
    standings = standings_of(phrases, findings, sheet.evidence.values(), [*said, statement])
    statement = attributed(phrases, findings, statement)
    return [statement, *(each for each in standings if each.text not in known)]


def _bending(findings: Findings, decision: Decision) -> frozenset[tuple[str, str]]:
    """The provisions that bend the leading rule: no answer may lack them because a model did."""
    if decision.lead is None:
        return frozenset()
    return frozenset(evidence.key for evidence, _ in bending(findings, decision.lead))


def _left(draft: Draft, said: Sequence[Statement], only: frozenset[tuple[str, str]] | None) -> list[Statement]:
    """What the extractive writer says beyond the opening and nobody has said yet; where ``only`` is given, just what it
    quotes of those provisions."""
    pins = {quote.key for each in said for quote in each.quotes if not each.spoken}
    known = {each.text for each in said}
    return [
        each
        for each in draft.statements[draft.opening :]
        if each.text not in known
        and (each.spoken or not {quote.key for quote in each.quotes} & pins)
        and (
            only is None
            or (each.quoted and {(quote.source.id, quote.provision.label) for quote in each.quotes} <= only)
        )
    ]
