"""An answer is in the language of its question, as far as the assistant speaks itself; quotes stay as they are."""

import datetime as dt
import re
from string import Formatter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.model import Quote, Statement, Verdict
from assistant.answering.phrases import Phrasebook
from assistant.answering.verify import borne_out
from assistant.documents.language import asked_in, simplified
from assistant.documents.naming import label_name, provision_name, short_name
from assistant.documents.validity import standing
from assistant.index.passages import plain_text
from assistant.retrieval.question import Turn, understand
from assistant.settings import packaged

BOOK = Phrasebook(packaged("prompts"))
FILES = sorted(packaged("prompts").glob("phrases.*.yaml"))
CHINESE = re.compile("[\u4e00-\u9fff]")
REPAIR = "第62号公告下，到境外维修稀土分离设备需要许可吗？"


def templates(path):
    def flat(given, above=""):
        for name, each in given.items():
            if isinstance(each, dict):
                yield from flat(each, f"{above}{name}.")
            else:
                yield f"{above}{name}", each

    return dict(flat(yaml.safe_load(path.read_text(encoding="utf-8"))))


def inputs(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_language_has_the_same_phrases_with_the_same_inputs(path):
    ours, english = templates(path), templates(packaged("prompts") / "phrases.en.yaml")
    assert ours.keys() == english.keys()
    assert {name: inputs(each) for name, each in ours.items()} == {name: inputs(each) for name, each in english.items()}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("出口镝需要许可证吗？", "zh"),
        ("HENSOLDT AG要采购锗，可以出口吗？", "zh"),
        ("Hudson Technologies和MP Materials还能采购铽吗？", "zh"),
        ("請問鋱靶材出口至捷克是否須許可？", "zh"),
        ("Do I need a licence for dysprosium?", "en"),
        ("Do I need a licence for dysprosium? Please answer in Chinese.", "zh"),
        ("出口镝需要许可证吗？请用英文回答。", "en"),
        ("What does 出口管制法 say about re-export?", "en"),
        ("Is 镝铁合金 on the list of No. 18?", "en"),
    ],
)
def test_the_language_of_a_question_is_that_of_its_words_and_not_of_its_names(question, language):
    assert understand(question, dt.date(2026, 2, 2)).language == language


@pytest.mark.parametrize(
    ("question", "another"),
    [
        ("Faut-il une licence pour exporter du dysprosium vers la France ?", True),
        ("Brauchen wir für Dysprosium nach Deutschland eine Genehmigung?", True),
        ("¿Necesitamos una licencia para exportar terbio a los Estados Unidos?", True),
        ("ジスプロシウムの輸出に許可は必要ですか？", True),
        ("Нужна ли лицензия на экспорт диспрозия?", True),
        ("Do we need a licence for dysprosium to Le Havre, La Rochelle or Los Angeles?", False),
        ("dysprosium oxide to Germany license y/n", False),
        ("Diamond powder of 40 µm, Φ 5 mm: licence?", False),
        ("出口镝到La Rochelle需要许可证吗？", False),
    ],
)
def test_a_question_in_a_third_language_is_answered_in_english_and_the_answer_says_so(whole, question, another):
    answer = whole.ask(question, as_of=dt.date(2026, 2, 2))
    assert any("another language" in each for each in answer.caveats) is another
    assert not another or answer.language == "en"


def test_a_bare_symbol_is_asked_in_the_language_of_the_question_before():
    before = [Turn("user", "出口氧化镝到德国需要许可证吗？"), Turn("assistant", "需要许可。")]
    assert asked_in("Tb4O7?") is None
    assert understand("Tb4O7?", dt.date(2026, 2, 2), before).language == "zh"


@pytest.mark.parametrize(
    ("on", "verdict", "said"),
    [
        ("2025-10-20", Verdict.PERMIT_REQUIRED, "该规定于2025年10月20日有效"),
        ("2026-02-02", Verdict.NOT_REQUIRED, "自2025年11月7日起至2026年11月10日暂停实施"),
        ("2026-11-22", Verdict.UNSETTLED, "2026年11月22日的情形尚无定论"),
    ],
)
def test_a_chinese_question_is_answered_in_chinese_and_quotes_stay_as_they_stand(whole, on, verdict, said):
    answer = whole.ask(REPAIR, as_of=dt.date.fromisoformat(on))
    assert answer.verdict is verdict
    assert said in answer.statements[0].text
    assert "商务部公告2025年第62号第一条第（二）项" in answer.statements[0].text
    for statement in answer.statements:
        if statement.spoken:
            assert CHINESE.search(statement.text)
            assert not re.search("[A-Za-z]{4}", statement.text)
        else:
            assert "英文" in statement.text
            assert all(plain_text(quote.text) in statement.text for quote in statement.quotes)
    assert all(CHINESE.search(each) for each in answer.caveats)
    assert not any("left out because" in each or "未予列出" in each for each in answer.caveats)


def test_the_same_question_in_english_has_the_same_verdict_and_no_chinese_of_ours(whole):
    english = whole.ask(
        "Under Announcement No. 62, is a licence needed to repair rare-earth separation equipment abroad?",
        as_of=dt.date(2025, 10, 20),
    )
    chinese = whole.ask(REPAIR, as_of=dt.date(2025, 10, 20))
    assert english.verdict is chinese.verdict
    assert english.statements[0].quotes == chinese.statements[0].quotes
    assert not any(CHINESE.search(each.text) for each in english.statements if each.spoken)


def test_an_abstention_in_chinese_names_what_comes_nearest_in_chinese(whole):
    answer = whole.ask("氧化铽明年的市场价格会涨到多少？", as_of=dt.date(2026, 5, 13))
    assert answer.abstained
    assert answer.lead.startswith("资料库没有回答这一问题的内容")
    assert "最接近的内容：" in answer.lead


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("商务部公告2025年第62号自2025年10月9日起施行。", True),
        ("商务部公告2025年第62号自2025年10月8日起施行。", False),
        ("商务部公告2025年第62号自2025年9月10日起施行。", False),
        ("商务部公告2025年第61号自2025年10月9日起施行。", False),
        ("商务部公告2025年第62号第八条规定了施行日期。", True),
        ("商务部公告2025年第62号第九条规定了施行日期。", False),
    ],
)
def test_our_own_chinese_is_held_to_the_dates_numbers_and_articles_of_its_english_quotes(whole, text, holds):
    source, day = whole.source("mofcom-2025-62"), dt.date(2025, 12, 1)
    provision = source.provision("Art. 8")
    quote = Quote(source, provision, provision.sentences[0], standing(source, provision, day))
    assert borne_out(Statement(text, (quote,), spoken=True), day) is holds


def test_what_a_source_and_its_provisions_are_called_in_chinese(whole):
    act, law = whole.source("mofcom-2025-18"), whole.source("prc-export-control-law-2020")
    assert short_name(act, "zh") == "商务部、海关总署公告2025年第18号"
    assert provision_name(act, "Licence duty", "zh") == "商务部、海关总署公告2025年第18号（许可要求）"
    assert provision_name(law, "Art. 12", "zh") == "《中华人民共和国出口管制法》第十二条"
    assert label_name(law, "Art. 12", "fr") == "Art. 12"
    several = whole.source("mofcom-other-mineral-controls")
    assert provision_name(several, "2024 No. 33", "zh") == "2024年第33号公告"


def test_traditional_characters_are_matched_as_simplified_and_shown_as_they_were_written(whole):
    day = dt.date(2026, 8, 25)
    traditional, plain = "請問鋱靶材出口至捷克是否須先取得許可?", "请问铽靶材出口至捷克是否须先取得许可?"
    question = understand(traditional, day)
    assert (question.asked, question.own) == (traditional, plain)
    answer, same = whole.ask(traditional, as_of=day), whole.ask(plain, as_of=day)
    assert answer.question == traditional
    assert answer.verdict is same.verdict is Verdict.PERMIT_REQUIRED
    assert [each.text for each in answer.statements] == [each.text for each in same.statements]


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_every_character_keeps_its_place_when_it_is_simplified(text):
    assert len(simplified(text)) == len(text)
    assert simplified(simplified(text)) == simplified(text)
