"""The page: opens from a file, asks for nothing, shows hostile text as text."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import fakes
import pytest

from assistant.evaluation import page, results
from assistant.evaluation.markup import joined, tag
from assistant.evaluation.runner import run

HOSTILE = '</style></script><script>alert(1)</script><img src="https://evil.example/x.png" onerror=alert(1)>'


def report_of(answerer, questions, sources, name="us"):
    made = results.run_report(name, "id", run(questions, answerer, sources))
    corpus = {"fingerprint": "f", "generation": 1, "sources": 3, "encoder": "e"}
    return results.report([made], corpus=corpus, questions={"from": "q", "split": "all", "count": len(questions)})


@pytest.fixture
def report(assistant, questions, sources):
    return report_of(fakes.NeverAbstains(assistant), questions, sources)


class Elements(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_the_page_refers_to_nothing_outside(report):
    found = Elements(page.render(report))
    assert not found.tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not [a for a in found.attributes if a[0] in ("src", "href", "srcset", "action") or a[0].startswith("on")]
    assert not re.search(r"url\(|@import|https?://", page.render(report))


def test_hostile_text_stays_text(questions, sources, assistant):
    hostile = [replace(each, question=HOSTILE, points=(HOSTILE,), type=HOSTILE) for each in questions]
    made = report_of(fakes.AlwaysAbstains(assistant), hostile, sources, name=HOSTILE)
    text = page.render(made)
    found = Elements(text)
    assert not found.tags & {"script", "img"}
    assert text.count("</style>") == 1
    assert "alert(1)" in text


def test_every_wrong_answer_is_there_with_expected_got_and_why(report):
    text = page.render(report)
    wrong = [each for each in report["runs"][0]["answers"] if results.is_wrong(each)]
    assert {"bananas", "weather"} <= {each["id"] for each in wrong}
    for each in wrong:
        assert each["question"] in text
    assert "answered, though the corpus has no answer" in text


def test_the_change_since_a_former_report_is_shown(assistant, questions, sources, report):
    better = report_of(fakes.Honest(assistant), questions, sources)
    assert "better" in page.render(better, report)
    assert "as in the baseline" in page.render(report, report)


def test_both_colour_schemes_and_narrow_screens_are_served(report):
    text = page.render(report)
    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport"' in text


def test_markup_escapes_what_is_not_markup():
    assert tag("p", "<b>", title='"') == '<p title="&quot;">&lt;b&gt;</p>'
    assert joined(tag("br"), "a & b", None) == "<br>a &amp; b"
