"""A question names a source by its number, with or without its year, or by its title."""

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
