"""The facts of a case as a question tells them: where whoever acts is, and whether goods, knowledge or services are
meant. What it does not tell is left open, and nothing is concluded from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assistant.documents.model import Actor, Reach, Subject
from assistant.retrieval.concepts import Concept
from assistant.retrieval.glossary import Facet, Glossary
from assistant.retrieval.parts import denied, purposes

HOME = "China"
_WHERE = {Facet.PLACES, Facet.DESTINATIONS}
# Glossary terms that by themselves put whoever acts outside China.
_ABROAD_TERMS = frozenset({"re-export", "overseas specific exporters"})
# Terms of whoever deals in Chinese goods outside China; they tell where only where nothing else does.
_ABROAD_HINTS = frozenset(
    {
        "Chinese origin",
        "0.1 % de minimis rule",
        "value share",
        "foreign-direct-product rule",
        "origin rule",
        "extraterritorial",
    }
)
_MOVES = frozenset({"export", "re-export", "import", "transit", "transhipment"})
_FIRM = (
    r"(?:factor(?:y|ies)|plants?|mills?|works|subsidiar(?:y|ies)|branch|affiliate|traders?"
    r"|trading\ (?:house|company|arm|desk)|distributors?|dealers?|resellers?|wholesalers?|manufacturer|makers?"
    r"|producers?|compan(?:y|ies)|firm|supplier|exporter|assembler|refiner|sister\ company|warehouse|joint\ venture"
    r"|agent|brokers?|merchant)"
)
_DOES = (
    r"(?:re-?exports?|exports?|exporting|ships?|shipping|sells?|selling|resells?|sends?|makes?|making|builds?|assembles?"
    r"|produces?|delivers?|passes|pass|suppl(?:y|ies)|wants?\ to|plans?\ to|intends?\ to|would\ like\ to|needs?\ to"
    r"|mixes|holds?|contains?)"
)
# What a firm is described by is nothing that it does here: "a firm that builds radars orders ingots".
_VERB = rf"(?<!\bthat)(?<!\bwhich)(?<!\bwho)[^\w.?!;]+{_DOES}"
_TO_WHOM = re.compile(
    r"(?:\b(?:to|for|with|by|into|at|of|in|train|teach|support|help|supply)\s+(?:(?:our|a|an|the|their)\s+)?)$", re.I
)
_FROM = re.compile(r"(?:\b(?:from|out of|leave|leaves|leaving)\s+(?:(?:our|my|a|an|the|their)\s+)?|从|由|自)$", re.I)
# Who asks, as they present themselves: "we are a German company", "as a trader in Oslo", "we are based in Rotterdam".
_WE_ARE = re.compile(
    r"\b(?:(?:we|i)\s*(?:are|am|['’]re|['’]m)|as)\s+(?:(?:an?|the)\s+)?"
    rf"(?:(?:[\w-]+\s+){{0,2}}?(?:(?:{_FIRM}|based|located|established|registered)\s+(?:in|at|near)\s+)?)$",
    re.I,
)
# What they are behind the place, and that it is they who send it.
_WHAT_WE_ARE = re.compile(rf"[-\w]*\s+(?:[\w-]+\s+){{0,2}}?{_FIRM}\b", re.I)
_WE_SEND = re.compile(
    r"\bwe\b(?:\s+\w+){0,8}?\s+(?:re-?export|export|ship|sell|resell|re-sell|send|deliver|supply|pass)\b", re.I
)
_OUR_FIRM_IN = re.compile(rf"\b(?:our|my)\s+(?:[\w-]+\s+){{0,3}}?{_FIRM}\s+(?:in|at|near)\s+$", re.I)
_SUPPLIER = re.compile(r"\b(?:our|the|my)\s+(?:[\w-]+\s+){0,2}?(?:supplier|seller|vendor)\b", re.I)
_CHINESE_FIRM = r"(?:工厂|子公司|分公司|公司|企业|经销商|贸易商|分销商|制造商|厂商|厂)"
_CHINESE_DOES = r"(?:再出口|出口|运往|运到|销往|销售|卖|转售|转卖|转口|发往|发到|生产|制造)"
# Places under customs supervision, by the glossary's terms; what goes to one has not left China.
_BONDED = frozenset({"bonded places", "special customs supervision areas"})
_GOES_TO = re.compile(
    r"(?:\b(?:to|into)\b|->|→|(?<![\d.])2(?=\s)|到|至|转入|运往)\s*(?:[\w'’-]+\s+){0,4}[^\s，。,.]{0,5}$", re.I
)
_BARE_SHARE = re.compile(r"0\.1\s?(?:%|per ?cent)")
_IS_SOLD = re.compile(r"\b(?:buy\w*|bought|sold|sells?|customers?|clients?|buyers?)\b|买|卖|客户", re.I)
# "在马来西亚用中国技术生产的靶材": what is made somewhere is shipped from there.
_MADE_THERE = re.compile(r"[^，。？?,]{0,16}?(?:生产|制造|加工|组装)的?")
# What is made with a technology is goods, however much the technology is spoken of.
_MADE_WITH = re.compile(
    r"\b(?:made|produced|manufactured)\b[^.?!]{0,40}\b(?:with|using|by)\b[^.?!]{0,40}\btechnolog"
    r"|(?:用|利用|采用|使用)[^，。？?]{0,16}技术[^，。？?]{0,8}(?:生产|制造|加工)",
    re.I,
)
_CHINESE_TO = re.compile(r"(?:向|给|对|到|为|往|卖给|提供给)$")


class Where(StrEnum):
    """Where whoever acts is."""

    CHINA = "china"
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a question tells of a case. ``where`` is ``None`` where it does not say where whoever acts is; ``what`` is
    empty where it names neither goods nor knowledge nor services; ``chinese_person`` whether it names a Chinese
    person who acts, ``service_provider`` whether a carrier, agent, bank or the like does; ``stays`` whether what moves
    goes from one place under customs supervision to another and so does not leave China; ``purposes`` are the items
    that it names only as what something else is for, ``denied`` the uses that it says are not given."""

    where: Where | None = None
    what: frozenset[Subject] = frozenset()
    chinese_person: bool = False
    service_provider: bool = False
    stays: bool = False
    purposes: frozenset[Concept] = frozenset()
    denied: frozenset[Concept] = frozenset()

    def addressed_by(self, reach: Reach) -> bool:
        """Whether a rule of this reach plainly addresses who acts."""
        if self.where is Where.ABROAD:
            return Actor.ABROAD in reach.who or (self.chinese_person and Actor.CHINESE in reach.who)
        if self.service_provider:
            return Actor.SERVICE_PROVIDER in reach.who
        return Actor.EXPORTER in reach.who

    def excludes(self, reach: Reach) -> bool:
        """Whether a rule of this reach plainly does not address the case. Who says nothing of acting abroad is taken
        to act from China."""
        if reach.who and self.where is Where.ABROAD and Actor.ABROAD not in reach.who:
            return not (self.chinese_person and Actor.CHINESE in reach.who)
        if reach.who == {Actor.ABROAD} and self.where is not Where.ABROAD:
            return True
        return bool(reach.what and self.what and not reach.what & self.what)


UNTOLD = Situation()


def situation_of(text: str, concepts: Iterable[Concept], glossary: Glossary) -> Situation:
    """Reads the facts of a case off a question and its concepts."""
    named = [each for each in concepts if each.facet is not None]
    facets = {each.facet for each in named}
    # A share by itself may be one of content; "the 0.1 % rule" is that for foreign makers.
    terms = {each.term or "" for each in named if not _BARE_SHARE.fullmatch(each.words)}
    what: set[Subject] = set()
    if Facet.KNOWLEDGE in facets:
        what |= {Subject.TECHNOLOGY, Subject.SERVICES}
    if Facet.ITEMS in facets and (not what or terms & _MOVES or _MADE_WITH.search(text)):
        what.add(Subject.GOODS)
    parties = {each.term for each in named if each.facet is Facet.PARTIES}
    return Situation(
        where=_where(text, glossary, terms),
        what=frozenset(what),
        chinese_person="Chinese citizens" in parties,
        service_provider=bool(parties & _SERVICE_PROVIDERS),
        stays=bool(terms & _BONDED) and _stays(text, glossary),
        purposes=purposes(text, named),
        denied=denied(text, named),
    )


_SERVICE_PROVIDERS = frozenset(
    {
        "freight",
        "courier",
        "customs agent",
        "financial services",
        "third-party e-commerce",
        "intermediary",
        "agency",
        "service providers",
    }
)


def _where(text: str, glossary: Glossary, terms: set[str]) -> Where | None:
    if terms & _ABROAD_TERMS:
        return Where.ABROAD
    places = list(_places(text, glossary))
    supplier = _SUPPLIER.search(text)
    # Whoever buys from a supplier in China asks what that one has to do.
    if supplier and HOME in terms and not any(supplier.start() <= start < supplier.end() for _, start, _ in places):
        return Where.CHINA
    for term, start, end in places:
        if term != HOME and _acts(text, start, end):
            return Where.ABROAD
    sent_from = [term for term, start, _ in places if _FROM.search(text[:start])]
    if sent_from:
        return Where.CHINA if HOME in sent_from else Where.ABROAD
    if any(term == HOME and _acts(text, start, end) for term, start, end in places):
        return Where.CHINA
    where = {HOME if term == HOME else "" for term, start, end in places if _presents_itself(text, start, end)}
    if where == {HOME} or any(term == HOME and _OUR_FIRM_IN.search(text[:start]) for term, start, _ in places):
        return Where.CHINA
    # A buyer abroad is not who sends it.
    if where == {""} and _WE_SEND.search(text):
        return Where.ABROAD
    return Where.ABROAD if terms & _ABROAD_HINTS else None


def _stays(text: str, glossary: Glossary) -> bool:
    """Whether a text names a place under customs supervision as where something goes, or two of them, and no place
    abroad."""
    bonded, at = [], 0
    for stretch in glossary.split(text):
        if stretch.term in _BONDED:
            bonded.append(_GOES_TO.search(text[:at]) is not None)
        at += len(stretch.words)
    leaves = any(term != HOME for term, _, _ in _places(text, glossary))
    return not leaves and (any(bonded) or (len(bonded) > 1 and _IS_SOLD.search(text) is None))


def _places(text: str, glossary: Glossary) -> Iterator[tuple[str, int, int]]:
    """Each place that the text names, by the glossary's word for it, with where it stands."""
    at = 0
    for stretch in glossary.split(text):
        if stretch.facet in _WHERE and stretch.term is not None:
            yield stretch.term, at, at + len(stretch.words)
        at += len(stretch.words)


def _presents_itself(text: str, start: int, end: int) -> bool:
    """Whether who asks says that they are a firm of a place named in a text."""
    before = _WE_ARE.search(text[:start])
    return before is not None and (
        before.group().rstrip().endswith(("in", "at", "near")) or _WHAT_WE_ARE.match(text[end:]) is not None
    )


def _acts(text: str, start: int, end: int) -> bool:
    """Whether a place named in a text is where somebody acts: "a Korean plant ships", "our factory in Hanoi makes"."""
    before, after = text[:start], text[end:]
    if _TO_WHOM.search(before) and not re.search(rf"\b{_FIRM}\s+(?:in|at|of)\s+$", before, re.I):
        return False
    if _CHINESE_TO.search(before.rstrip("我们的")):
        return False
    if re.match(rf"(?:[-\w]*\s+)(?:[\w-]+\s+){{0,3}}?{_FIRM}\b(?:[^\w.?!;]+\w+){{0,9}}?{_VERB}\b", after, re.I):
        return True
    located = re.search(rf"\b(?:our|my|a|an|the|their)\s+(?:[\w-]+\s+){{0,3}}{_FIRM}\s+in\s+$", before, re.I)
    if located and not _TO_WHOM.search(before[: located.start()] + " "):
        return re.match(rf"(?:[^\w.?!;]+\w+){{0,6}}?{_VERB}\b", after, re.I) is not None
    if _MADE_THERE.match(after) and before.endswith("在"):
        return True
    return re.match(rf"(?:的)?[^，。？,]{{0,8}}?{_CHINESE_FIRM}[^。？]{{0,24}}?{_CHINESE_DOES}", after) is not None
