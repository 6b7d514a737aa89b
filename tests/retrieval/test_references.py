"""A question names a source by its number, with or without its year, by its title, or by the month of its issue."""

import datetime as dt

import pytest

from assistant.documents import loaders
from assistant.retrieval.references import named_sources
from assistant.settings import packaged

SOURCES = [loaders.load(path) for path in loaders.find(packaged("corpus"))]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Is Announcement No. 62 suspended?", {"mofcom-2025-62"}),
        ("Is announcement 62/2025 suspended?", {"mofcom-2025-62"}),
        ("商务部公告2025年第62号还有效吗", {"mofcom-2025-62"}),
        ("no 62 until when", {"mofcom-2025-62"}),
        ("Do Nos. 55 and 56 apply?", {"mofcom-2025-55", "mofcom-2025-56"}),
        ("Nos. 55 to 58 of 2025", {f"mofcom-2025-{n}" for n in (55, 56, 57, 58)}),
        ("What does the Export Control Law say?", {"prc-export-control-law-2020"}),
        ("62 % of the shares", set()),
        ("Announcement No. 62 of 2019", set()),
    ],
)
def test_the_sources_a_question_names(question, named):
    assert set(named_sources(question, SOURCES)) == named


OCTOBER = {f"mofcom-2025-{number}" for number in (55, 56, 57, 58, 61, 62)}


@pytest.mark.parametrize(
    ("question", "on", "named"),
    [
        ("Are the October rules still suspended?", "2026-03-01", OCTOBER),
        ("the October 2025 export control announcements", "2026-11-22", OCTOBER),
        ("10月的公告还有效吗？", "2026-03-01", OCTOBER),
        ("2025年10月公布的六项管制措施", "2026-03-01", OCTOBER),
        ("Do the April controls cover scandium?", "2026-01-10", {"mofcom-2025-18"}),
        ("Do the October rules apply?", "2025-09-01", {"mofcom-other-mineral-controls"}),
        ("the October 2025 rules", "2025-09-01", set()),
        ("Can we ship in October under the rules?", "2026-03-01", set()),
        ("the March rules", "2025-09-01", set()),
    ],
)
def test_a_month_names_the_acts_issued_in_it(question, on, named):
    assert set(named_sources(question, SOURCES, dt.date.fromisoformat(on))) == named
