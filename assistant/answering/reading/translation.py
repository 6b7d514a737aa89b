"""Whether a translation says what the sentence says that was checked, as far as that can be told without a model.

A sentence is held to its quotes in the quotes' own language. Where the question is in another, the model adds a
translation; it is shown before the checked sentence and never in its place.
"""

from __future__ import annotations

import re

from assistant.answering.reading.duties import Deontic, deontic, negated
from assistant.answering.reading.facts import missing_facts, read
from assistant.documents.language import guess_language

# Chinese says these without a negator of its own, or with one where English has none.
_NEGATES_ZH = re.compile(r"不|未|无|無|没|沒|非(?!洲)|禁止|禁|免|勿|豁|拒")
_NEGATIVE = frozenset({Deontic.LICENCE, Deontic.FREE, Deontic.REFUSAL, Deontic.BAN, Deontic.NEED_NOT})


def agrees(translation: str, sentence: str) -> bool:
    """Whether both name the same figures, dates and codes, and, in Chinese, whether both negate or neither does."""
    theirs, ours = read(translation.replace("个工作日", "工作日")), read(sentence)
    if missing_facts(ours, theirs) or missing_facts(theirs, ours):
        return False
    if guess_language(translation) != "zh":
        return True
    does = deontic(sentence)
    if _NEGATES_ZH.search(translation):
        return bool(negated(sentence) or does & _NEGATIVE)
    # "May not … without a licence" is often put without a negation: "需经许可".
    return not negated(sentence) and not does & (_NEGATIVE - {Deontic.LICENCE})
