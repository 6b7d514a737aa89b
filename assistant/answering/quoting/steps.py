"""What to do next where a licence is needed: who applies and to whom, how long the decision takes, with which papers.

Sources record which provisions lay that down for their licences (`steps` in front matter); each is quoted if it is in
force on the date, and left out otherwise. A step that the question asks for is said with the verdict, the others last.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from assistant.answering.deciding.fitting import rules_for
from assistant.answering.model import Quote, Statement, Verdict, quote_of
from assistant.answering.phrases import Phrases
from assistant.answering.quoting.sentences import items_after
from assistant.answering.quoting.standings import rule_name
from assistant.answering.verdict import Decision
from assistant.documents.model import Modality, Step
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.question import asking_part
from assistant.retrieval.related import steps_of

_LICENSED = (Verdict.PERMIT_REQUIRED, Verdict.CASE_BY_CASE)
# How legal writing lays down a step.
_LAID_DOWN = {
    Step.APPLY: re.compile(r"\bappl(?:y|ies)\b|申请", re.IGNORECASE),
    Step.PAPERS: re.compile(
        r"\bdocuments?\b|\bapplication\b[^.]*\b(?:includes?|consists|attach)\b|材料|文件", re.IGNORECASE
    ),
    Step.TIME: re.compile(r"\bdays\b|\bmonths\b|工作日|\d+日|个月", re.IGNORECASE),
}
# How a question asks for one.
_ASKED = {
    Step.APPLY: re.compile(
        r"\bwho (?:\w+ ){0,2}(?:appl\w+|files?|submits?)\b|\b(?:where|whom|how) (?:\w+ ){0,3}(?:apply|file|submit)\b"
        r"|\bwhich (?:authority|ministry|agency|office)\b"
        r"|[向由](?:谁|哪)|谁(?:来|去)?申请|(?:哪里|哪儿|在哪|如何|怎么|怎样)申请|哪个部门",
        re.IGNORECASE,
    ),
    Step.PAPERS: re.compile(
        r"\b(?:which|what) (?:\w+ )?(?:documents?|papers|paperwork|forms)\b"
        r"|(?:提交|提供|准备|需要|申请)[^。？]{0,8}(?:材料|文件)|(?:什么|哪些)材料",
        re.IGNORECASE,
    ),
    Step.TIME: re.compile(
        r"\bhow (?:long|fast|quickly|many (?:\w+ )?days)\b[^?]*\b(?:take|deci|process|approv|review|wait|get|licen)"
        r"|\b(?:processing|lead) time\b|\btime limit\b|\btakes? how long\b"
        r"|多久|多长时间|几天|多少(?:天|个?工作日)|时限|审批时间",
        re.IGNORECASE,
    ),
}


def asked_steps(findings: Findings) -> frozenset[Step]:
    """The steps that a question asks for in so many words."""
    text = asking_part(findings.question.own)
    return frozenset(step for step, pattern in _ASKED.items() if pattern.search(text))


def next_steps(
    phrases: Phrases, findings: Findings, decision: Decision, wanted: Collection[Step], said: Iterable[Statement] = ()
) -> list[Statement]:
    """The wanted steps towards the licence that the leading rule asks for, or where no rule leads and the question asks
    for them, the duty in force that fits best; a statement each. None where no licence is needed, where nothing in
    force lays a step down, or where it has been said."""
    asked = asked_steps(findings)
    lead = decision.lead if decision.verdict in _LICENSED else None
    if decision.lead is None and asked:
        duties = (each for each in rules_for(findings, findings.evidence) if each.modality is Modality.REQUIRES_PERMIT)
        lead = next((each.evidence for each in duties if each.applies), None)
        wanted = asked.intersection(wanted)
    if lead is None or not lead.standing.applies:
        return []
    known = {quote.key for each in said if each.quoted for quote in each.quotes}
    found = []
    for step in Step:
        laid_down = steps_of(findings.snapshot, lead, step, findings.question.as_of)
        # Who asks for the papers wants all of them; else the weightiest provision does.
        for evidence in laid_down if step in asked else laid_down[:1]:
            quotes = _quotes(evidence, step, whole=step in asked)
            if step in wanted and quotes[0].key not in known:
                listed = step not in asked and next(items_after(evidence, quotes[0].span), None) is not None
                found.append(_listed(phrases, evidence, quotes) if listed else _said(phrases, step, quotes))
    return found


def _quotes(evidence: Evidence, step: Step, *, whole: bool) -> tuple[Quote, ...]:
    """The sentence of a provision that lays a step down, with the items that it opens where all are wanted."""
    spans = evidence.provision.sentences
    first = next((each for each in spans if _LAID_DOWN[step].search(evidence.source.quote(each))), spans[0])
    return (quote_of(evidence, first), *(items_after(evidence, first) if whole else ()))


def _listed(phrases: Phrases, evidence: Evidence, quotes: tuple[Quote, ...]) -> Statement:
    """Where the papers are listed, for who did not ask for them: the sentence that opens the list says too little."""
    return Statement(phrases.say("steps.listed", rule=rule_name(phrases, evidence)), quotes, spoken=True)


def _said(phrases: Phrases, step: Step, quotes: tuple[Quote, ...]) -> Statement:
    words = " ".join(plain_text(each.text) for each in quotes)
    text = phrases.say(f"steps.{step.value}", sentence=phrases.quoted(quotes[0], words))
    return Statement(text, quotes)
