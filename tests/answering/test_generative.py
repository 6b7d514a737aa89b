"""Answers by a chat model, over HTTP against a real server on loopback: good ones, and everything that can go wrong."""

import datetime as dt
import json
import re
import sys
import time

import pytest

from assistant import Answer, Began, Said
from assistant.answering.chatting.prompts import Prompt
from assistant.answering.model import Verdict
from assistant.assistant import Assistant
from assistant.documents.validity import State
from assistant.errors import SettingsError
from assistant.settings import Settings, packaged
from assistant.terminal import doctor
from tests.answering.chat_server import Says, reply, serving

IN_FORCE, SUSPENDED = dt.date(2025, 10, 20), dt.date(2026, 3, 15)
REPAIR = "do I need a permit to repair separation equipment abroad?"
TIMES = "How long may MOFCOM take to decide on an application?"
DECIDES = "MOFCOM decides on a dual-use licence application within 45 working days of accepting the application."
GOOD = "A decision on a dual-use licence application is made by MOFCOM within 45 working days of its acceptance."


@pytest.fixture
def model(whole, monkeypatch):
    """Answers of the whole corpus with a chat model that a script plays; settings can be set per test."""

    def ask(script, question=TIMES, on=SUSPENDED, **settings):
        with serving(script) as server:
            options = {"model_deadline_seconds": 20, **settings}
            chosen = Settings(
                data_dir=whole.settings.data_dir,
                model="openai:scripted",
                model_base_url=server.url,
                model_api_key="a-key",
                **options,
            )
            assistant = Assistant(chosen, whole.index)
            events = list(assistant.stream(question, as_of=on))
        return events, server

    return ask


def by_model(answer: Answer) -> list[str]:
    return [each.worded for each in answer.statements if each.worded]


def one_good(asked):
    return reply((GOOD, [(asked.key_of(DECIDES), DECIDES)]))


class TestAGoodReply:
    def test_is_said_in_the_models_words_with_the_stored_words_as_pin(self, model):
        (*_, answer), server = model(one_good)
        assert by_model(answer) == [GOOD]
        said = next(each for each in answer.statements if each.worded)
        assert [quote.text for quote in said.quotes] == [DECIDES]
        assert answer.writer == "openai:scripted"
        assert answer.caveats == ()
        assert server.asked[0].headers["authorization"] == "Bearer a-key"

    def test_carries_the_hash_of_the_prompt(self, model):
        (*_, answer), _ = model(one_good)
        assert len(answer.prompt) == 16
        assert int(answer.prompt, 16)

    def test_comes_statement_by_statement_after_the_verdict_which_is_ours(self, model, whole):
        events, _ = model(one_good, question=REPAIR, on=IN_FORCE)
        began, *said, answer = events
        plain = whole.ask(REPAIR, as_of=IN_FORCE)
        assert began == Began(REPAIR, IN_FORCE, Verdict.PERMIT_REQUIRED)
        assert all(isinstance(each, Said) for each in said)
        assert said[0].statement == plain.statements[0]
        assert answer.verdict is plain.verdict

    def test_shows_each_statement_before_the_next_is_written(self, whole):
        def script(asked):
            second = "Cases with a major impact on national security go to the State Council"
            text = reply((GOOD, [(asked.key_of(DECIDES), DECIDES)]), (second, [(asked.key_of(second), second)]))
            return Says(text, piece=text.index(second) - 17, holds_after=1)

        with serving(script) as server:
            settings = Settings(
                data_dir=whole.settings.data_dir, model="openai:m", model_base_url=server.url, model_api_key="k"
            )
            events = Assistant(settings, whole.index).stream(TIMES, as_of=SUSPENDED)
            shown = next(each for each in events if isinstance(each, Said) and each.statement.worded)
            assert shown.statement.worded == GOOD
            assert not server.released.is_set()
            server.released.set()
            *_, answer = events
        assert by_model(answer)[0] == GOOD

    def test_is_asked_for_under_random_keys_without_digits_that_stand_in_no_text(self, model):
        sheets = [model(one_good)[1].asked[0].sheet for _ in range(2)]
        keys = [{each["key"] for each in sheet["evidence"]} for sheet in sheets]
        assert not keys[0] & keys[1]
        for sheet, own in zip(sheets, keys, strict=True):
            assert len(own) == len(sheet["evidence"])
            assert all(key.isalpha() and len(key) == 4 for key in own)
            assert not any(key in each["text"] for key in own for each in sheet["evidence"])

    def test_is_held_to_a_schema_where_the_provider_can(self, model):
        _, server = model(one_good)
        assert server.asked[0].body["response_format"]["type"] == "json_schema"

    def test_may_differ_from_the_source_in_white_space_and_quotation_marks(self, model):
        words = DECIDES.replace(" decides", "\n  decides").replace("dual-use", "dual\u2011use")
        (*_, answer), _ = model(lambda asked: reply((GOOD, [(asked.key_of(DECIDES), words)])))
        assert by_model(answer) == [GOOD]

    @pytest.mark.parametrize(
        "form", ["```json\n{}\n```", "Sure! Here it is:\n{}\nHope that helps.", "<think>{{}}</think>{}"]
    )
    def test_is_found_inside_talk_and_fences(self, model, form):
        (*_, answer), _ = model(lambda asked: form.format(one_good(asked)))
        assert by_model(answer) == [GOOD]


def test_a_rule_not_in_force_is_never_spoken_of_without_its_standing(model):
    def script(asked):
        evidence = [each for each in asked.sheet["evidence"] if each["standing"] == "suspended"]
        firsts = [(each["key"], re.split(r"(?<!No)\. ", each["text"])[0]) for each in evidence]
        return reply(*((f"{words.rstrip('.')}.", [(key, words)]) for key, words in firsts))

    (*_, answer), _ = model(script, question="What does Announcement No. 56 of 2025 say of separation equipment?")
    worded = [each for each in answer.statements if each.worded]
    assert worded
    for statement in worded:
        assert any(quote.standing.state is State.SUSPENDED for quote in statement.quotes)
        assert "which on 15 March 2026 is suspended" in statement.text.removesuffix(statement.worded)
    assert any(each.spoken and "is suspended on 15 March 2026" in each.text for each in answer.statements)


def test_an_exception_that_the_model_leaves_out_is_told_all_the_same(model):
    words = "Code 2B902.a covers"

    def script(asked):
        each = next(each for each in asked.sheet["evidence"] if words in each["text"])
        sentence = f"{words}{each['text'].split(words, 1)[1].split('. ')[0].rstrip('.')}."
        return reply((sentence, [(each["key"], sentence)]))

    (*_, answer), _ = model(script, question=REPAIR, on=IN_FORCE)
    assert by_model(answer)
    exempted = [each for each in answer.statements if each.quotes[0].provision.label == "Art. 6"]
    assert len(exempted) == 1
    assert exempted[0].text.startswith("If the technology is already in the public domain")


class TestAQuestionInAnotherLanguage:
    ASKED = f"{TIMES} 请用中文回答。"

    def said(self, model, translation: str):
        def script(asked):
            quotes = [{"key": asked.key_of(DECIDES), "words": DECIDES}]
            return json.dumps({"statements": [{"statement": GOOD, "translation": translation, "quotes": quotes}]})

        (*_, answer), _ = model(script, question=self.ASKED)
        return answer, [each for each in answer.statements if each.worded]

    def test_is_answered_in_it_with_the_checked_sentence_beside(self, model):
        translation = "商务部自受理申请之日起45个工作日内对两用物项许可申请作出决定。"
        answer, (statement,) = self.said(model, translation)
        assert statement.text == f"{translation}（{GOOD}）"
        assert any("译文由语言模型作出" in each for each in answer.caveats)

    @pytest.mark.parametrize(
        "translation",
        [
            "商务部自受理申请之日起60个工作日内作出决定。",
            "商务部自受理申请之日起45日内作出决定。",
            "商务部不在45个工作日内作出决定。",
            "商务部在45个工作日内作出决定，见 https://evil.example",
            "您在45个工作日内得到决定。",
        ],
    )
    def test_a_translation_that_says_something_else_is_left_out(self, model, translation):
        _, (statement,) = self.said(model, translation)
        assert statement.text == GOOD


class TestWhatDoesNotHold:
    @pytest.mark.parametrize(
        "said",
        [
            GOOD.replace("45", "60"),
            GOOD.replace("working days", "days"),
            GOOD.replace("MOFCOM", "customs"),
            GOOD.replace("is made", "is not made"),
            f"Yes, {GOOD}",
            f"You get your answer soon. {GOOD}",
            f"{GOOD} See http://evil.example/?q=1",
            f"{GOOD} ![x](evil.example)",
            "No licence is needed.",
        ],
    )
    def test_is_sent_back_once_and_dropped_and_the_answer_says_so(self, model, said):
        def script(asked):
            key = asked.key_of(DECIDES)
            return reply((said, [(key, DECIDES)]), (GOOD, [(key, DECIDES)]))

        (*_, answer), server = model(script)
        assert by_model(answer) == [GOOD]
        assert len(server.asked) == 2
        assert [each["statement"] for each in server.asked[1].wrong] == [said]
        assert server.asked[1].wrong[0]["wrong"]
        assert any("1 statement(s) were left out" in each for each in answer.caveats)

    def test_is_repaired_where_the_model_can(self, model):
        def script(asked):
            key = asked.key_of(DECIDES)
            return reply((GOOD if asked.is_repair else GOOD.replace("45", "60"), [(key, DECIDES)]))

        (*_, answer), _ = model(script)
        assert by_model(answer) == [GOOD]
        assert answer.caveats == ()

    @pytest.mark.parametrize(
        "quotes",
        [
            lambda asked: [("zzzz", DECIDES)],
            lambda asked: [("1", DECIDES)],
            lambda asked: [(asked.key_of(DECIDES), "MOFCOM decides on an application within 45 working days.")],
            lambda asked: [(asked.key_of(DECIDES), "MOFCOM")],
            lambda asked: [(next(e["key"] for e in asked.sheet["evidence"] if DECIDES not in e["text"]), DECIDES)],
            lambda asked: [],
        ],
        ids=["invented key", "list number", "words not there", "too few words", "another provision's key", "none"],
    )
    def test_a_pin_that_is_none_makes_no_statement(self, model, quotes, whole):
        (*_, answer), _ = model(lambda asked: reply((GOOD, quotes(asked))))
        assert by_model(answer) == []
        assert answer.writer == "extractive"
        assert answer.statements == whole.ask(TIMES, as_of=SUSPENDED).statements
        assert "wrote nothing that the sources bear out" in answer.caveats[0]


class TestWhereTheModelFails:
    @pytest.fixture
    def plain(self, whole) -> Answer:
        return whole.ask(TIMES, as_of=SUSPENDED)

    @pytest.mark.parametrize(
        ("says", "reason"),
        [
            (Says(status=429), "HTTP status 429"),
            (Says(status=500), "HTTP status 500"),
            (Says(status=401), "HTTP status 401"),
            (Says("I am sorry, I cannot do that."), "nothing that can be read"),
            (Says(""), "nothing that can be read"),
            (Says('\x00\ufffd{]}{"statements": 7}' * 50), "nothing that can be read"),
            (Says(reply((GOOD, [("abcd", DECIDES)])), dies_after=1), "broke off"),
        ],
        ids=["429", "500", "401", "refuses", "empty", "nonsense", "dies at once"],
    )
    def test_the_answer_is_quoted_without_it_and_says_why(self, model, plain, says, reason):
        (*_, answer), _ = model(lambda asked: says)
        assert answer.statements == plain.statements
        assert answer.verdict is plain.verdict
        assert answer.writer == "extractive"
        assert reason in answer.caveats[0]

    def test_one_that_hangs_is_given_up_at_the_deadline(self, model, plain):
        start = time.monotonic()
        (*_, answer), _ = model(lambda asked: Says(pause=60), model_deadline_seconds=1)
        assert time.monotonic() - start < 30
        assert answer.statements == plain.statements
        assert "did not answer in time" in answer.caveats[0]

    @pytest.mark.parametrize(("question", "on"), [(REPAIR, IN_FORCE), (TIMES, SUSPENDED)])
    def test_the_verdict_does_not_wait_for_one_that_hangs(self, whole, question, on):
        with serving(lambda asked: Says(pause=60)) as server:
            settings = Settings(
                data_dir=whole.settings.data_dir, model="openai:scripted", model_base_url=server.url, model_api_key="k",
                model_deadline_seconds=1,
            )  # fmt: skip
            events = Assistant(settings, whole.index).stream(question, as_of=on)
            assert isinstance(next(events), Began)
            assert not server.asked
            list(events)

    def test_what_one_said_before_it_died_stays_and_the_rest_is_quoted(self, model, plain):
        def script(asked):
            good = one_good(asked)
            return Says(good + " " * 400, dies_after=len(good) // 40 + 3)

        (*_, answer), _ = model(script)
        assert by_model(answer) == [GOOD]
        assert answer.writer == "openai:scripted"
        assert "before it was done" in answer.caveats[0]

    def test_a_server_that_knows_no_schema_is_asked_without_one(self, model):
        def script(asked):
            return Says(status=400) if "response_format" in asked.body else one_good(asked)

        (*_, answer), _ = model(script)
        assert by_model(answer) == [GOOD]

    @pytest.mark.parametrize("name", ["openai:x", "anthropic:x", "ollama:x"])
    def test_no_server_at_all(self, whole, plain, name):
        url = "http://127.0.0.1:9" + ("/v1" if name == "openai:x" else "")
        settings = Settings(data_dir=whole.settings.data_dir, model=name, model_base_url=url, model_api_key="k")
        answer = Assistant(settings, whole.index).ask(TIMES, as_of=SUSPENDED)
        assert answer.statements == plain.statements
        assert "could not be reached" in answer.caveats[0]


def test_without_evidence_the_model_is_not_even_asked(model):
    (*_, answer), server = model(one_good, question="What is the capital of France?")
    assert answer.verdict is Verdict.NOT_COVERED
    assert server.asked == []


class TestLimits:
    def test_a_days_tokens_are_kept_to(self, model, whole, tmp_path):
        def limited():
            return model(one_good, model_daily_tokens=12_000)

        (*_, first), _ = limited()
        assert by_model(first) == [GOOD]
        answers = [limited()[0][-1] for _ in range(3)]
        assert by_model(answers[-1]) == []
        assert "12,000 tokens a day" in answers[-1].caveats[0]
        (whole.settings.data_dir / "model-usage.json").unlink()

    def test_a_days_cost_is_kept_to(self, model):
        (*_, answer), server = model(one_good, model_daily_cost=0.001, model_input_price=5.0)
        assert server.asked == []
        assert "may cost 0.001 a day" in answer.caveats[0]

    def test_evidence_is_cut_to_the_tokens_that_a_request_may_have(self, model):
        small, large = (
            model(one_good, model_max_input_tokens=most)[1].asked[0].sheet["evidence"] for most in (2_000, 6_000)
        )
        assert 1 <= len(small) < len(large)


class TestSettingAModel:
    def open(self, whole, **settings) -> Assistant:
        return Assistant(Settings(data_dir=whole.settings.data_dir, **settings), whole.index)

    @pytest.mark.parametrize(
        ("model", "extra"),
        [
            ("openai:gpt", "'export-control-assistant[openai]'"),
            ("anthropic:claude", "'export-control-assistant[anthropic]'"),
            ("ollama:qwen", "'export-control-assistant[ollama]'"),
            ("mistralai:small", "langchain langchain-mistralai"),
        ],
    )
    def test_one_whose_packages_are_missing_says_what_to_install(self, whole, monkeypatch, model, extra):
        def missing(*_args, **_options):
            raise ImportError

        monkeypatch.setattr("langchain.chat_models.init_chat_model", missing)
        with pytest.raises(SettingsError, match=re.escape(f"pip install {extra}")):
            self.open(whole, model=model, model_api_key="k").ask(TIMES)

    def test_without_langchain_itself_too(self, whole, monkeypatch):
        monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
        with pytest.raises(SettingsError, match="pip install 'export-control-assistant\\[openai\\]'"):
            self.open(whole, model="openai:gpt", model_api_key="k").ask(TIMES)

    def test_an_unknown_provider_is_named(self, whole):
        with pytest.raises(SettingsError, match="'nonsense:x' cannot be used"):
            self.open(whole, model="nonsense:x").ask(TIMES)

    def test_a_missing_key_is_said(self, whole, monkeypatch):
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        with pytest.raises(SettingsError, match="'openai:gpt' cannot be used"):
            self.open(whole, model="openai:gpt").ask(TIMES)

    def test_a_model_file_that_is_not_there_is_named(self, whole):
        with pytest.raises(SettingsError, match=r"no such file"):
            self.open(whole, model="llamacpp:/nowhere/model.gguf").ask(TIMES)

    def test_a_name_without_a_provider_is_refused_with_the_settings(self):
        with pytest.raises(SettingsError, match="'model'"):
            Settings.load(model="gpt-5")

    def test_an_address_with_a_password_in_it_is_refused(self):
        with pytest.raises(SettingsError, match="'model_base_url'"):
            Settings.load(model="openai:x", model_base_url="http://me:s3cret@127.0.0.1/v1")

    def test_the_key_is_shown_nowhere(self, whole):
        assert "s3cret" not in repr(
            Settings(data_dir=whole.settings.data_dir, model="openai:x", model_api_key="s3cret")
        )


def test_each_prompt_says_what_it_is_for_and_takes_just_what_its_header_names():
    for path in packaged("prompts").glob("*.md"):
        prompt = Prompt.read(path)
        assert prompt.digest
        assert "$" not in prompt.filled(**dict.fromkeys(prompt.inputs, "x"))


def test_a_prompt_that_takes_other_than_its_header_names_is_refused(tmp_path):
    path = tmp_path / "prompt.md"
    path.write_text("---\npurpose: test\ninputs: {a: one}\n---\n$b\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="just the inputs"):
        Prompt.read(path)


class TestTheDoctor:
    def findings(self, monkeypatch, **settings) -> list[str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"ASSISTANT_{name.upper()}", value)
        return [
            f"{'ok' if each.good else 'BAD'} {each.sentence}"
            for each in doctor.examine()
            if "chat model" in each.sentence
        ]

    def test_says_that_no_model_is_set(self, monkeypatch):
        assert self.findings(monkeypatch) == ["ok No chat model is set: answers are made of quotations."]

    def test_asks_the_one_that_is_and_says_whether_it_answers(self, monkeypatch):
        with serving(lambda asked: '{"statements": []}') as server:
            found = self.findings(monkeypatch, model="openai:m", model_base_url=server.url, model_api_key="s3cret")
        assert found[0].startswith("ok The chat model openai:m answers")
        with serving(lambda asked: Says(status=401)) as server:
            found = self.findings(monkeypatch, model="openai:m", model_base_url=server.url, model_api_key="s3cret")
        assert found == ["BAD The chat model openai:m is set and does not answer (refused)."]
