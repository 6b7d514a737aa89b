"""The writer without a model: quotes the sentences that answer, in an order a colleague would choose.

First the verdict in a sentence and the rule it rests on; then what else the evidence says; then exceptions, and how the
sources stand on the date. Every sentence is a quote, or speaks of a standing and is pinned to the act behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.answering.deciding.premises import takes_itself_free
from assistant.answering.deciding.reach import bending
from assistant.answering.deciding.rules import modality
from assistant.answering.deciding.subject import asks_if_listed
from assistant.answering.deciding.sufficiency import settles
from assistant.answering.model import Draft, Piece, Quote, Statement, Verdict, quote_of
from assistant.answering.phrases import Phrasebook, Phrases
from assistant.answering.quoting.background import (
    companions,
    everywhere,
    leaves_untouched,
    listed,
    not_issued,
)
from assistant.answering.quoting.body import body, see_also
from assistant.answering.quoting.branches import with_branches
from assistant.answering.quoting.caveats import caveats_for
from assistant.answering.quoting.conflicts import conflict_statement, conflicts
from assistant.answering.quoting.corrections import corrections
from assistant.answering.quoting.lists import (
    controlled,
    entries_of,
    items_asked,
    named_in,
    not_on_the_lists,
    parties_on,
)
from assistant.answering.quoting.sentences import best_of, rule_in, with_lead_in
from assistant.answering.quoting.standings import (
    act_quotes,
    claims,
    not_in_force,
    rule_name,
    standing_statement,
    standings_of,
    together,
    unsettled,
)
from assistant.answering.quoting.steps import asked_steps, next_steps
from assistant.answering.verdict import Decision, decide
from assistant.documents.model import Modality, Step
from assistant.documents.validity import State
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.glossary import Facet
from assistant.retrieval.related import beside, mention, said_of_act

NAME = "extractive"
_MOST = 12
_NEAREST = 3
# How many sentences of the best provision, of the second and so on an answer quotes.
_SHARES = (8, 3, 2, 2, 1, 1)
_SHARES_BESIDE_A_RULE = (3, 2, 1, 1, 1)
_SHARES_WITHOUT_A_RULE = (1, 1)
_BY_MODALITY: dict[Modality | None, str] = {Modality.EXEMPTS: "exempt", Modality.LEAVES_OUT: "leaves_out"}


class ExtractiveWriter:
    """Writes a draft from findings, with the fixed phrases of prompts/ in the language of the question."""

    name = NAME

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook

    def write(self, findings: Findings) -> Iterator[Piece]:
        """The draft, piece by piece."""
        return self.draft(findings).pieces(self.name)

    def draft(self, findings: Findings) -> Draft:
        """The whole draft at once."""
        return _Drafting(self._phrasebook.of(findings.question.language)).draft(findings)


class _Drafting:
    """Drafts in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def draft(self, findings: Findings) -> Draft:
        """The draft of an answer; `NOT_COVERED` with what comes nearest where the findings do not settle the
        question."""
        # Who asks what is controlled is answered by the duties, however it is put.
        if not settles(findings) and not any(controlled(findings)):
            nearest = tuple(best_of(findings, each) for each in findings.evidence[:_NEAREST])
            return Draft(Verdict.NOT_COVERED, (), (), nearest)
        decision = decide(findings)
        corrected = corrections(self._phrases, findings, decision)
        first = corrected or self._state_of_named(findings)
        parties = [self._quoted(each) for each in listed(findings)]
        if decision.lead is None:
            parties = [*self._on_a_list(findings), *self._controlled(findings), *parties]
            asked = asked_steps(findings)
            parties = [*next_steps(self._phrases, findings, decision, asked), *parties]
        against = self._conflicts(findings, decision)
        # Who asks about the press is answered with it; else it is what changes the picture.
        if findings.question.asks_about_news:
            parties, against = [*against, *parties], []
        opening = _once([*first, *self._verdict(findings, decision), *parties])
        # What changes the rule before what else there is: an answer that grows too long loses its end.
        changing = [*against, *self._exceptions(findings, decision, opening)]
        said = [*opening, *changing]
        steps = next_steps(self._phrases, findings, decision, (Step.APPLY, Step.TIME), said)
        further = body(findings, decision, [*opening, *steps])
        more = [*changing, *map(self._quoted, further.quotes)]
        papers = next_steps(self._phrases, findings, decision, (Step.PAPERS,), [*opening, *more])
        statements = self._fitted(findings, opening, _once(more), steps, papers)
        statements += list(see_also(self._phrases, further.named, statements))[: _MOST - len(statements)]
        caveats = caveats_for(self._phrases, findings, decision, statements)
        return Draft(decision.verdict, tuple(statements), caveats, opening=len(opening))

    def _fitted(self, findings: Findings, opening: list[Statement], *parts: list[Statement]) -> list[Statement]:
        """As many statements as an answer holds: the opening, what more there is, the steps, the papers, the standings.
        What is said of a rule that does not plainly apply is said with its standing or not at all."""
        known = {statement.text for statement in opening}
        more, steps, papers = ([each for each in part if each.text not in known] for part in parts)
        while True:
            said = [*opening, *more, *steps, *papers]
            whole = [*said, *standings_of(self._phrases, findings, findings.evidence, said)]
            left_out = next((part for part in (papers, more, steps) if part), None)
            if len(whole) <= _MOST or left_out is None:
                return _once(whole)[:_MOST]
            left_out.pop()

    def _verdict(self, findings: Findings, decision: Decision) -> list[Statement]:
        """The verdict in a sentence, then the words of the rule it rests on."""
        lead = decision.lead
        if lead is None:
            return self._of_later(findings, decision.later) if decision.later else []
        pin, acts = best_of(findings, lead), act_quotes(findings, lead)
        quoted = self._quoted(pin)
        of_act = said_of_act(findings.snapshot, lead, findings.question.as_of)
        further = [self._quoted(quote_of(each, each.best)) for each in of_act]
        if decision.outside is not None:
            beyond = decision.outside
            text = self._phrases.say("outside", written=beyond.written, rule=rule_name(self._phrases, lead))
            said = [Statement(text, (beyond.quote,), spoken=True), self._quoted(beyond.quote)]
        elif decision.verdict is Verdict.UNSETTLED:
            said = [unsettled(self._phrases, findings, lead, (pin, *acts[:1])), quoted]
            said += [*claims(self._phrases, findings, lead), *further[-2:]]
        elif not lead.standing.applies:
            said = [not_in_force(self._phrases, findings, lead, (pin, *acts)), quoted, *further[:1]]
        else:
            name = _BY_MODALITY.get(modality(lead), decision.verdict.value)
            if decision.verdict is Verdict.PERMIT_REQUIRED and takes_itself_free(findings.question.own):
                name = "permit_after_all"
            rule = rule_name(self._phrases, lead)
            text = self._phrases.say(name, rule=rule, source=lead.source, day=findings.question.as_of)
            verdict = Statement(text, (pin, *acts[:1]), spoken=True)
            said = [*with_branches(self._phrases, findings, decision, verdict), quoted]
        steps = next_steps(self._phrases, findings, decision, asked_steps(findings), said)
        said += steps
        known = {quote.key for each in steps for quote in each.quotes}
        said += [self._quoted(each) for each in companions(findings, lead) if each.key not in known]
        said += [self._quoted(each) for each in everywhere(findings, lead)]
        said += leaves_untouched(self._phrases, findings, lead)
        said += self._beside(findings, lead)
        if decision.remaining is not None:
            other = decision.remaining
            said.append(self._quoted(best_of(findings, other)))
            if (statement := standing_statement(self._phrases, findings, other)) is not None:
                said.append(statement)
        return said

    def _of_later(self, findings: Findings, later: Evidence) -> list[Statement]:
        """What stood beside an act that had not been issued yet; where nothing did, that it had not been."""
        said = self._beside(findings, later)
        return said or list(not_issued(self._phrases, findings, later))

    def _beside(self, findings: Findings, lead: Evidence) -> list[Statement]:
        """The rules that stand beside the leading one, each with what its source says of the leading rule's."""
        as_of = findings.question.as_of
        said = []
        for each in beside(findings.snapshot, lead, as_of)[:1]:
            said.append(self._quoted(rule_in(findings, each, modality(each))))
            # Of an act that was not issued yet nothing is said.
            silent = lead.standing.applies or lead.standing.state is State.NOT_ISSUED
            found = None if silent else mention(each, lead.source, as_of)
            said += [self._quoted(quote_of(found, found.best))] if found else []
        return said

    def _controlled(self, findings: Findings) -> Iterator[Statement]:
        """What is controlled, where the question asks which items are, or what several acts do: each duty, then how
        those stand that do not apply."""
        duties = list(controlled(findings))
        for each in duties:
            yield from (self._quoted(quote) for quote in named_in(findings, each))
        yield from together(self._phrases, findings, duties)

    def _on_a_list(self, findings: Findings) -> Iterator[Statement]:
        """Where the question asks whether an item is on a list: the entries that have it, and the lists that are
        recorded to leave it out; where it asks which parties are, all of them, a list at a time."""
        for quotes in parties_on(findings):
            words = " ".join(plain_text(each.text) for each in quotes)
            yield Statement(self._phrases.quoted(quotes[0], words), tuple(quotes))
        if not asks_if_listed(findings):
            return
        for evidence, quote in entries_of(findings):
            yield self._quoted(quote)
            if (statement := standing_statement(self._phrases, findings, evidence)) is not None:
                yield statement
        sources = findings.snapshot.relating()
        yield from not_on_the_lists(self._phrases, findings, items_asked(findings), sources)

    def _state_of_named(self, findings: Findings) -> list[Statement]:
        """How the sources that the question names stand on the date, where it asks after that."""
        if findings.asks_permission or not any(each.facet is Facet.STANDING for each in findings.concepts):
            return []
        named = {each.source.id: each for each in reversed(findings.evidence) if each.source.id in findings.named}
        found = [standing_statement(self._phrases, findings, each) for each in named.values()]
        return [each for each in found if each is not None][:2]

    def _conflicts(self, findings: Findings, decision: Decision) -> list[Statement]:
        """What is said against primary text, in its own words, and which weighs more."""
        said: list[Statement] = []
        for each in conflicts(findings, decision):
            stands = standing_statement(self._phrases, findings, each.rule)
            said += [self._quoted(each.claim), conflict_statement(self._phrases, findings, each)]
            said += [stands] if stands else []
        return said

    def _exceptions(self, findings: Findings, decision: Decision, opening: Iterable[Statement]) -> list[Statement]:
        """What bends the leading rule, but for what a branch has told."""
        if decision.lead is None:
            return []
        found = dict.fromkeys(each for each, _ in bending(findings, decision.lead))
        told = {(quote.source.id, quote.provision.label) for each in opening for quote in each.quotes}
        return [
            self._quoted(best_of(findings, each))
            for each in found
            if each.standing.state == decision.lead.standing.state and each.key not in told
        ][:2]

    def _quoted(self, quote: Quote) -> Statement:
        """The quoted words as a statement, an item's after those it completes; an editor's remark says so."""
        quotes = with_lead_in(quote)
        words = " ".join(plain_text(each.text) for each in quotes)
        return Statement(self._phrases.quoted(quote, words), quotes)


def _once(statements: Iterable[Statement]) -> list[Statement]:
    """Each sentence once, in the order of first saying."""
    found: dict[str, Statement] = {}
    for each in statements:
        found.setdefault(each.text, each)
    return list(found.values())
