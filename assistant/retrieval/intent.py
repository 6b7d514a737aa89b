"""Whether a question asks if something may be done, or for a fact: from how it is worded and what it speaks of.

A question word at its start, a pronoun, an item with a place to send it to: each says a little, and a linear model adds
them up. Learned on the development half of the questions; accuracy on questions not learned from is in
docs/answers.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.retrieval.concepts import Concept
from assistant.retrieval.follow_up import QUESTION_WORD
from assistant.retrieval.glossary import Facet
from assistant.retrieval.linear import packaged
from assistant.retrieval.question import asking_part

_WORDINGS = {
    # A question word at the start, after "and", "so" or "for".
    "question_word": r"^\W*(?:(?:and|but|so|then|also|ok|please|well|now),?\s+)*"
    r"(?:(?:for|to|by|in|under|on|at|of|from|within|until|since)\s+)?"
    r"(?:what|which|who|whom|whose|when|where|why|how|compare|explain|list|name|describe|define|summari[sz]e|tell me)\b"
    r"|(?<!有)什么|哪|谁|何时|多少|多久|如何|怎么|为什么|几",
    # "May she teach there?", "Shall the agent refuse?": what opens so asks for a yes.
    "opens_with_may": r"^\W*(?:(?:and|but|so|then|also|ok|please|well|now|or)\W+)*"
    r"(?:(?:if|when|since|as|once)\b[^?]*,\s*)?(?:may|can|could|shall|should|must|might)\s+(?!you\b|i\s+ask\b)",
    # "May the authority …?", "Can a court …?": what somebody with power may do is a fact.
    "power_acts": r"\b(?:may|can|could|must|shall|should|will|does|did)\s+(?:(?:an?|the|its?)\s+)?(?:[\w-]+\s+)?"
    r"(?:authorit(?:y|ies)|ministry|mofcom|customs|government|court|judge|china|beijing|state|police|managers?)\b"
    r"|(?:主管机关|主管部门|商务部|海关|法院|国家)(?:可以|能|能否|可否|会|是否)",
    # What would stand in the way of it.
    "hindrance": r"\bstands? in (?:the|our|its) way\b|\b(?:any|no|an) (?:objections?|obstacles?|hurdles?|bar)\b"
    r"|\b(?<!the )(?<!of )fine\s*\?|\b(?:all right|alright|above board|in order)\s*(?:\?|\bif\b|\bto\b)"
    r"|\banything (?:against|to stop|that stops)\b"
    r"|\bget away with\b|行不行|行吗|可行|合法|合规吗|违法|放行|报批|有没有.{0,4}(?:限制|障碍|问题)",
    "asks_how_much": r"\bhow (?:long|many|much|often|soon|high)\b|\b(?:when|until|who|whom|which|what)\b"
    r"|多久|多长|几年|多少|谁|哪",
    "asks_who": r"\b(?:who|which|whom|whose)\b|谁|哪",
    "asks_outcome": r"\bwhat applies\b|\bwhat (?:are|am|is) (?:we|i|they|he|she) up against\b"
    r"|\bwhat (?:do|does|must|should) (?:we|i|they|one|you) (?:need|do|have to do|tell)\b"
    r"|\bwhat are (?:the|our|my) (?:chances|odds)\b"
    r"|\bhow (?!long|many|much|soon|often|fast|quick)(?:\S+ ){0,9}?(?:decide\w*|handl\w+|treat\w*|judg\w+|dealt with)\b"
    r"|(?:怎么|怎样|如何)审(?:批|查)",
    "permission": r"\b(?:licen[cs]\w*|lic|req|permi\w+|approv\w+|authori[sz]\w+|clearance|consent|sign-?off"
    r"|green light|go-?ahead|(?:need|have|has|must|should) (?:to )?(?:apply|ask)|paperwork|allow\w*|alowed"
    r"|prohibit\w*|forbid\w*|ban(?:ned)?|blocked|refus\w+|controlled|needed|necessary|required|possible|y/n"
    r"|restrict\w*|legal(?:ly)?|lawful\w*|exempt\w*|covered|caught|ok|okay|free|subject to|problem)\b"
    r"|许可|批准|审批|允许|禁止|管制|可以|可否|能否|能不能|能.*吗|要不要|需不需要|需要.*[办申吗]|不用|要办|管不管",
    "may": r"\b(?:may|can|could|must|should|shall)\b|可以|可否|能否|能不能|应当|必须",
    "we": r"\b(?:we|our|us|i|my)\b|我",
    "reaches": r"\b(?:do|does|will|would|is|are)\b.{0,90}\b(?:apply|applicable|aplicable|bite|concern|reach|cover|help"
    r"|affect|hit|catch|foul|trouble|matter)\b|适用",
    # Whether something counts as what the law speaks of, or was said: a fact, though it takes a yes or no.
    "asks_if_so": r"\bcounts? as\b|算(?:不算)?(?:是|作)?(?!.{0,8}(?:管制|受控|许可)).{1,8}[吗?？]"
    r"|有没有(?:说|提到|规定)|说过|表示过|会.{0,10}(?:告知|通知|公布|公开)",
    # Whether what others say is so, whether there is a way, whether it is wise: facts, though they take a yes or no.
    "asks_if_said_rightly": r"\b(?:websites?|portals?|blogs?|newsletters?|letters?|papers?|articles?|magazines?|press"
    r"|media|reports?|rumou?rs?)\b.*\b(?:claims?|says?|said|writes?|wrote|reports?|reported)\b"
    r"|\b(?:is (?:it|that|this) (?:so|true|right))\s*\?|据说|听说|是真的吗",
    "asks_for_a_way": r"\bis there (?:an?|any|some\w*)\b"
    r"(?!\s+(?:\w+\s+)?(?:licen[cs]e|permit|ban|restriction|obligation|duty|need))"
    r"|\b(?:easier|simpler|quicker|lighter|shorter) (?:way|route|procedure|path)\b",
    "asks_if_wise": r"\b(?:does|would|will) (?:it|that) (?:help|hurt|harm)\b|\bis it (?:wise|better|worth)\b",
    # What is concluded and wants to be confirmed: "so it is free, isn't it?"
    "concludes": r"\b(?:so|then|therefore|hence|thus)\b[^.?!]*\b(?:fine|free(?:ly)?|ok(?:ay)?|allowed|needs?|must"
    r"|has to|have to|can|may|without|apply|licen\w+)\b[^.?!]*\?|(?:那|所以|因此|那么).{0,30}(?:吗|对吧|是不是)",
    "punished": r"\b(?:(?<!is )(?<!are )(?<!so )(?<!be )(?<!it )fine|fined|fines|penal\w+|punish\w*"
    r"|appeal|court|liable)\b|处罚|罚款|复议|起诉",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _WORDINGS.items()}
_TO_A_PLACE = re.compile(r"\b(?:to|into|for)\s+(?:an?\s|our\s|the\s|their\s)?\s*[A-Z]|->|→|到|往|给|向")
# Half of what the question before asked for carries over to one that follows on it.
_CARRIED = 0.5


def asking(text: str, own: Sequence[Concept], before: str, earlier: Sequence[Concept]) -> float:
    """How much a question is worded like one for permission: above 0 where it wants to know if something may be done.

    ``own`` are the concepts it names itself; ``before`` is the question it follows on, empty where there is none, and
    ``earlier`` are the concepts of that.
    """
    model = packaged("intent")
    if before and QUESTION_WORD.search(asking_part(text)):
        # "Who do we apply to?" asks for a fact, whatever was asked before.
        return model.logit(features(text, own, ()))
    logit = model.logit(features(text, own, earlier))
    if before:
        logit += _CARRIED * model.logit(features(before, earlier, ()))
    return logit


def features(text: str, own: Iterable[Concept], earlier: Iterable[Concept]) -> Mapping[str, float]:
    """What the wording and the concepts of a question say of what it asks for, each 0 or 1."""
    asking = asking_part(text)
    found = {name: pattern.search(asking) is not None for name, pattern in _PATTERNS.items()}
    facets = {each.facet for each in own if each.facet is not None}
    asked_facets = {each.facet for each in own if each.facet is not None and each.words in asking}
    known = facets | {each.facet for each in earlier if each.facet is not None}
    found |= {f"speaks_of_{facet}": facet in known for facet in Facet}
    found |= {f"asks_of_{facet}": facet in asked_facets for facet in Facet}
    thing = bool(known & {Facet.ITEMS, Facet.KNOWLEDGE})
    place = bool(known & {Facet.PLACES, Facet.DESTINATIONS})
    found |= {
        "thing": thing,
        "place": place,
        "thing_and_place": thing and place,
        "permission_by_question_word": found["permission"] and found["question_word"],
        "to_a_place": _TO_A_PLACE.search(text) is not None,
        "unknown_words_only": not known,
        "no_question_mark": not re.search(r"[?？]", text),
    }
    return {name: float(value) for name, value in found.items()}
