"""The Slack bot over real HTTP, against a Slack that is as strict as the real one: every question gets one answer."""

import itertools
import json
import re
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from acts import act_text
from fake_slack import BOT, SECRET, TEAM, FakeSlack, Sender, signed
from served import IN_FORCE, QUESTION, Served, is_problem

from assistant.errors import SettingsError
from assistant.journal import Entry, Rating
from assistant.server.inbox import Inbox
from assistant.server.slack.incoming import Ask, key_of
from assistant.settings import Settings, SlackSettings

_numbers = itertools.count(100)
MENTION = f"<@{BOT}> {QUESTION}"


def with_slack(folder, corpus, slack: FakeSlack, **more) -> Settings:
    bot = SlackSettings(signing_secret=SECRET, bot_token="xoxb-a-token", api_url=f"{slack.url}api/", **more)
    return Settings(data_dir=folder, corpus_dir=corpus, slack=bot)


@pytest.fixture(scope="module")
def live(built, corpus, tmp_path_factory):
    """A server and its Slack, for all tests that break neither."""
    fake = FakeSlack()
    folder = shutil.copytree(built, tmp_path_factory.mktemp("live") / "data")
    with Served(with_slack(folder, corpus, fake)) as running:
        yield running, fake
    fake.close()


@pytest.fixture
def slack(live):
    """Slack, with nothing said in it yet."""
    live[1].forget()
    yield live[1]
    settled(live[0])


@pytest.fixture
def served(live, slack) -> Served:
    return live[0]


@pytest.fixture
def sender(served) -> Sender:
    return Sender(served.http)


class OwnServer:
    """Tests that restart, change or break a server have one of their own."""

    groups: ClassVar[dict[str, tuple[str, ...]]] = {}

    @pytest.fixture
    def slack(self):
        fake = FakeSlack()
        yield fake
        fake.close()

    @pytest.fixture
    def settings(self, built, corpus, tmp_path, slack) -> Settings:
        return with_slack(shutil.copytree(built, tmp_path / "data"), corpus, slack, groups=self.groups)

    @pytest.fixture
    def served(self, settings):
        with Served(settings) as running:
            yield running


def wait_for(what: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def settled(served: Served) -> None:
    """Waits until the bot has nothing left to do."""
    wait_for(lambda: not Inbox(served.settings.data_dir).left("slack"))


def mention(text: str = MENTION, **more) -> dict:
    """A mention of the bot, each in a message of its own."""
    return {"type": "app_mention", "user": "U1", "text": text, "channel": "C1", "ts": f"{next(_numbers)}.1", **more}


def newest(served: Served) -> Entry:
    return served.context.journal.search(limit=1)[0]


def texts(message: dict) -> str:
    return json.dumps(message["blocks"], ensure_ascii=False)


class TestSignatures:
    BODY = json.dumps({"type": "url_verification", "challenge": "c"})

    @pytest.fixture
    def served(self, live):
        return live[0]

    def test_a_signed_challenge_is_answered(self, served):
        response = Sender(served.http).post("/slack/events", self.BODY, {"Content-Type": "application/json"})
        assert (response.status_code, response.json()) == (200, {"challenge": "c"})

    @pytest.mark.parametrize("path", ["/slack/events", "/slack/commands", "/slack/interactions"])
    @pytest.mark.parametrize(
        ("changed", "how"),
        [
            ({"X-Slack-Signature": None, "X-Slack-Request-Timestamp": None}, {}),
            ({"X-Slack-Request-Timestamp": None}, {}),
            ({"X-Slack-Signature": "v0="}, {}),
            ({"X-Slack-Signature": b"v0=\xff\xfe" + b"a" * 62}, {}),
            ({"X-Slack-Request-Timestamp": "soon"}, {}),
            ({"X-Slack-Request-Timestamp": "-1"}, {}),
            ({"X-Slack-Request-Timestamp": "1e9"}, {}),
            ({"X-Slack-Request-Timestamp": "9" * 400}, {}),
            ({"X-Slack-Request-Timestamp": "١٧".encode()}, {}),
            ({}, {"secret": "another-secret"}),
            ({}, {"body": "another body"}),
            ({}, {"off": -302}),
            ({}, {"off": 302}),
        ],
        ids=range(13),
    )
    def test_that_are_missing_malformed_wrong_old_or_from_the_future_are_refused(self, served, path, changed, how):
        headers = {**signed(**{"body": self.BODY, **how}), **changed}
        raw = {name: value if isinstance(value, bytes) else value.encode() for name, value in headers.items() if value}
        is_problem(served.http.post(path, content=self.BODY, headers=raw), 401)

    def test_of_a_body_that_is_no_text_are_refused(self, served):
        is_problem(served.http.post("/slack/events", content=b"\xff\xfe", headers=signed(b"\xff\xfe")), 401)

    @pytest.mark.parametrize("body", ["", "[]", "{", "null", "[" * 100_000])
    def test_of_a_body_that_is_no_object_are_of_no_use(self, served, body):
        is_problem(served.http.post("/slack/events", content=body, headers=signed(body)), 400)

    def test_need_a_secret_to_be_set_up(self, shared):
        is_problem(shared.http.post("/slack/events", content=self.BODY, headers=signed(self.BODY)), 404)


class TestOneAnswer:
    def test_to_a_mention_in_its_thread(self, served, slack, sender):
        event = mention()
        assert sender.event(event).status_code == 200
        wait_for(lambda: slack.posted)
        (answer,) = slack.posted
        assert (answer["channel"], answer["thread_ts"]) == ("C1", event["ts"])
        assert "[1]" in answer["text"]
        entry = newest(served)
        assert (entry.caller, entry.channel, entry.groups) == (f"slack:{TEAM}/U1", "slack", frozenset())
        assert entry.question == QUESTION

    def test_to_one_that_comes_as_two_events_and_again_and_again(self, served, slack, sender):
        event = mention()
        doubled = {**event, "type": "message", "channel_type": "channel"}
        with ThreadPoolExecutor(6) as threads:
            sent = [threads.submit(sender.event, each, event_id="E") for each in [event, doubled] * 3]
        assert {each.result().status_code for each in sent} == {200}
        sender.event(event, event_id="E", **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})
        settled(served)
        assert len(slack.posted) == 1

    def test_where_slack_took_it_and_the_network_lost_its_word(self, served, slack, sender):
        slack.lose_responses = 1
        sender.event(mention())
        settled(served)
        assert len(slack.posted) == 1

    def test_follows_though_it_is_acknowledged_before(self, served, slack, sender):
        free = threading.Event()
        busy = [served.context.answers.submit(free.wait) for _ in range(served.settings.server.workers)]
        try:
            assert sender.event(mention()).status_code == 200
            assert slack.posted == []
        finally:
            free.set()
        assert all(each.result() for each in busy)
        wait_for(lambda: slack.posted)


class TestOneAnswerAcrossRestarts(OwnServer):
    def test_when_the_server_was_started_anew_in_between(self, settings, slack):
        event = mention()
        for _ in range(2):
            with Served(settings) as served:
                Sender(served.http).event(event)
                settled(served)
        assert len(slack.posted) == 1

    def test_to_what_a_killed_server_had_taken_and_not_answered(self, settings, slack):
        ask = Ask(TEAM, "C1", "U1", QUESTION, "100.1", own=(BOT,))
        Inbox(settings.data_dir).take(key_of(mention(ts="100.1"), TEAM), ask.as_json())
        with Served(settings) as served:
            settled(served)
        assert len(slack.posted) == 1

    def test_where_a_killed_server_had_posted_it_and_not_noted_so(self, settings, slack):
        slack.says("U1", MENTION, ts="100.1")
        event = mention(ts="100.1")
        with Served(settings) as first:
            Sender(first.http).event(event)
            settled(first)
        key = key_of(event, TEAM)
        Inbox(settings.data_dir).drop(key)
        Inbox(settings.data_dir).take(key, Ask(TEAM, "C1", "U1", QUESTION, "100.1", own=(BOT,)).as_json())
        with Served(settings) as second:
            settled(second)
            assert second.context.journal.count() == 1  # nor was it asked again
        assert len(slack.posted) == 1


class TestWhatIsNoQuestion:
    @pytest.mark.parametrize(
        "event",
        [
            mention(user=BOT),
            mention(bot_id="BOTHER"),
            mention(subtype="bot_message"),
            mention(edited={"user": "U1", "ts": "101.1"}),
            {**mention(), "type": "message", "channel_type": "im", "channel": "D1", "bot_id": "B1"},
            {**mention(), "type": "message", "channel_type": "im", "channel": "D1", "user": BOT},
            {**mention(), "type": "message", "subtype": "message_changed", "message": mention()},
            {**mention(), "type": "message", "subtype": "message_deleted"},
            {**mention(), "type": "message", "subtype": "channel_join"},
            {**mention(text="What do others say?"), "type": "message", "channel_type": "channel"},
            {**mention(text="<@UOTHER> do we need a licence?"), "type": "message", "channel_type": "channel"},
            {"type": "reaction_added", "user": "U1"},
            {"type": "message"},
            {"type": "message", "channel": 7, "user": ["x"], "ts": None, "text": {}},
        ],
    )
    def test_is_acknowledged_and_let_be(self, served, slack, sender, event):
        assert sender.event(event).status_code == 200
        inbox, key = Inbox(served.settings.data_dir), key_of(event, TEAM)
        assert inbox.take(key, {})  # nobody has before
        inbox.drop(key)
        assert slack.posted == []

    def test_of_an_unknown_kind_is_acknowledged(self, sender):
        body = json.dumps({"type": "app_rate_limited"})
        assert sender.post("/slack/events", body, {}).status_code == 200


class TestConversations:
    def test_a_direct_message_needs_no_mention(self, slack, sender):
        sender.event(
            {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": QUESTION, "ts": "5.1"}
        )
        wait_for(lambda: slack.posted)
        assert (slack.posted[0]["channel"], slack.posted[0].get("thread_ts")) == ("D1", None)

    def test_a_thread_is_the_history_of_what_is_asked_in_it(self, served, slack, sender):
        event = mention()
        slack.says("U1", MENTION, ts=event["ts"])
        sender.event(event)
        settled(served)
        slack.says("U2", "I think <@U1> has asked this before.", thread=event["ts"])
        later = slack.says("U1", f"<@{BOT}> and until when?", thread=event["ts"])
        sender.event({**later, "type": "app_mention"})
        wait_for(lambda: len(slack.posted) == 2)
        assert slack.posted[1]["thread_ts"] == event["ts"]
        entry = newest(served)
        assert entry.question == "and until when?"
        assert [turn.role for turn in entry.history] == ["user", "assistant"]
        assert entry.history[0].content == QUESTION

    def test_a_mention_alone_gets_a_word_on_what_can_be_asked(self, served, slack, sender):
        before = served.context.journal.count()
        sender.event(mention(text=f"<@{BOT}>"))
        wait_for(lambda: slack.posted)
        assert "as of 2026-03-15" in slack.posted[0]["text"]
        assert served.context.journal.count() == before

    @pytest.mark.parametrize(("day", "as_of"), [(f"as of {IN_FORCE}: ", IN_FORCE), (f"截至{IN_FORCE}，", IN_FORCE)])
    def test_a_date_can_be_named(self, served, slack, sender, day, as_of):
        sender.event(mention(text=f"<@{BOT}> {day}{QUESTION}"))
        wait_for(lambda: slack.posted)
        entry = newest(served)
        assert (entry.as_of.isoformat(), entry.question) == (as_of, QUESTION)

    def test_what_cannot_be_asked_is_said_in_a_sentence(self, slack, sender):
        sender.event(mention(text=f"<@{BOT}> as of 2026-02-31: {QUESTION}"))
        wait_for(lambda: slack.posted)
        assert "2026-02-31 is not a date" in slack.posted[0]["text"]


class TestTheCommand:
    def test_is_answered_to_whoever_gave_it(self, served, slack, sender):
        taken = sender.command(f"as of {IN_FORCE}: {QUESTION}", f"{slack.url}commands/1")
        assert (taken.status_code, taken.json()["response_type"]) == (200, "ephemeral")
        wait_for(lambda: slack.responded)
        (answer,) = slack.responded
        assert answer["response_type"] == "ephemeral"
        assert QUESTION in texts(answer)
        assert slack.posted == []
        assert newest(served).caller == f"slack:{TEAM}/U1"

    def test_shows_what_was_asked_as_text(self, slack, sender):
        sender.command("May <!channel> & <https://evil.example|we> export &lt;b&gt;?", f"{slack.url}commands/1")
        wait_for(lambda: slack.responded)
        assert "“May @channel &amp; we export &lt;b&gt;?”" in texts(slack.responded[0])

    def test_is_answered_nowhere_but_at_slack(self, served, slack, sender):
        sender.command(QUESTION, "http://127.0.0.1:9/elsewhere")
        settled(served)
        assert slack.responded == slack.posted == []

    def test_that_lacks_what_slack_sends_is_refused(self, sender):
        is_problem(sender.form("/slack/commands", {"text": QUESTION}), 400)


class TestTheMessage:
    @pytest.fixture
    def answer(self, served, slack, sender):
        sender.event(mention(text=f"<@{BOT}> as of {IN_FORCE}: {QUESTION}"))
        wait_for(lambda: slack.posted)
        return slack.posted[0]

    def test_has_verdict_date_statements_sources_and_standing(self, served, answer):
        entry = newest(served)
        shown = texts(answer)
        assert answer["blocks"][0]["text"]["text"] == "Licence needed"
        assert "As of 20 October 2025" in shown
        assert "in force since" in shown
        for citation in entry.answer["citations"]:
            assert f"[{citation['n']}]" in shown
            assert f"<{citation['url']}|[{citation['n']}]>" in shown

    def test_takes_what_people_think_of_it(self, served, slack, sender, answer):
        buttons = {each["action_id"]: each["value"] for each in answer["blocks"][-1]["elements"]}
        entry = newest(served)
        assert buttons == dict.fromkeys(("helpful", "not_helpful", "sources"), entry.id)
        assert sender.click("not_helpful", entry.id, message={"thread_ts": "100.1"}).status_code == 200
        (said,) = served.context.journal.entry(entry.id).feedback
        assert (said.rating, said.caller, said.channel) == (Rating.NOT_HELPFUL, f"slack:{TEAM}/U1", "slack")
        wait_for(lambda: slack.whispered)
        assert (slack.whispered[0]["user"], slack.whispered[0]["thread_ts"]) == ("U1", "100.1")

    def test_shows_its_sources_under_the_same_numbers(self, served, slack, sender, answer):
        entry = newest(served)
        assert sender.click("sources", entry.id).status_code == 200
        wait_for(lambda: slack.whispered)
        shown = "".join(texts(each) for each in slack.whispered)
        for citation in entry.answer["citations"]:
            assert f"*[{citation['n']}]* <{citation['url']}|" in shown
            assert citation["quote"].splitlines()[0][:60] in shown

    def test_of_an_entry_that_is_gone_has_nothing_to_rate(self, slack, sender):
        assert sender.click("helpful", "0" * 16).status_code == 200
        assert sender.click("sources", "nonsense").status_code == 200
        assert sender.click("unknown", "nonsense").status_code == 200
        assert slack.whispered == []

    def test_says_so_when_it_abstains(self, slack, sender):
        sender.event(mention(text=f"<@{BOT}> What does a hotel room in Lisbon cost?"))
        wait_for(lambda: slack.posted)
        assert slack.posted[0]["blocks"][0]["text"]["text"] == "Not covered by the corpus"
        assert "No answer was made up" in texts(slack.posted[0])


class TestTroubleWithSlack:
    def test_a_rate_limit_is_waited_out(self, served, slack, sender):
        limited = (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"})
        slack.failures["chat.postMessage"].extend([limited, limited])
        sender.event(mention())
        settled(served)
        assert (len(slack.posted), slack.calls.count("chat.postMessage")) == (1, 3)

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_failure_is_followed_by_another_try(self, served, slack, sender, status):
        slack.failures["chat.postMessage"].append((status, {"ok": False, "error": "internal_error"}, {}))
        sender.event(mention())
        settled(served)
        assert len(slack.posted) == 1

    def test_where_slack_does_not_tell_what_was_posted_the_answer_is_posted(self, served, slack, sender):
        slack.failures["chat.postMessage"].append((500, {"ok": False, "error": "internal_error"}, {}))
        slack.failures["conversations.replies"].append((200, {"ok": False, "error": "missing_scope"}, {}))
        sender.event(mention())
        settled(served)
        assert len(slack.posted) == 1

    def test_a_refusal_is_not(self, served, slack, sender):
        slack.failures["chat.postMessage"].append((200, {"ok": False, "error": "channel_not_found"}, {}))
        sender.event(mention())
        settled(served)
        assert (slack.posted, slack.calls.count("chat.postMessage")) == ([], 1)
        sender.event(mention())
        wait_for(lambda: slack.posted)

    def test_an_unreadable_history_does_not_stop_an_answer(self, slack, sender):
        slack.failures["conversations.replies"].append((200, {"ok": False, "error": "missing_scope"}, {}))
        sender.event(mention(thread_ts="100.1"))
        wait_for(lambda: slack.posted)


class TestWhatCannotBeKept(OwnServer):
    def test_where_nothing_can_be_kept_slack_is_asked_to_send_again(self, served, slack, sender):
        (served.settings.data_dir / "inbox.sqlite3").write_bytes(b"garbage " * 1000)
        is_problem(sender.event(mention()), 503)
        assert slack.posted == []

    def test_an_answer_that_cannot_be_recorded_is_not_given(self, served, slack, sender):
        served.context.journal.ledger.path.write_bytes(b"garbage " * 1000)
        sender.event(mention())
        wait_for(lambda: slack.posted)
        assert "could not be recorded" in slack.posted[0]["text"]


class TestGroups(OwnServer):
    """In a channel that everyone can read, only what is open to all; a private one can be given groups."""

    groups: ClassVar = dict.fromkeys(("C1", "C2", "C3"), ("legal",))

    @pytest.fixture
    def secret(self, served, tmp_path):
        path = tmp_path / "secret.md"
        text = act_text("secret", "Zorbium alloys may not be exported without a licence of the board.")
        path.write_text(text.replace("confidence: high", "confidence: high\ngroups: [legal]"), encoding="utf-8")
        served.context.assistant.add([path])
        assert served.context.assistant.source("secret").groups == {"legal"}

    @pytest.mark.parametrize(("channel", "seen"), [("C1", False), ("C2", True), ("C3", False), ("C4", False)])
    def test_hold_by_where_it_is_asked(self, served, slack, sender, secret, channel, seen):
        slack.private.update({"C2", "C3", "C4"})
        slack.shared.add("C3")
        sender.event(mention(text=f"<@{BOT}> May zorbium alloys be exported without a licence?", channel=channel))
        wait_for(lambda: slack.posted)
        assert ("the board" in json.dumps(slack.posted[0])) == seen
        assert ("secret" in json.dumps(slack.posted[0])) == seen


class TestTheManifest:
    def test_names_addresses_that_are_there_and_asks_for_what_is_used(self, live):
        documented = Path(__file__).parents[2] / "docs" / "slack.md"
        (manifest,) = re.findall(r"```yaml\n(.*?)```", documented.read_text(encoding="utf-8"), re.DOTALL)
        app = yaml.safe_load(manifest)
        told = app["settings"]
        urls = [app["features"]["slash_commands"][0]["url"]]
        urls += [told[part]["request_url"] for part in ("event_subscriptions", "interactivity")]
        for url in urls:
            path = url.removeprefix("https://assistant.example.com")
            assert live[0].http.post(path, content=b"").status_code == 401  # there, and wants a signature
        assert set(told["event_subscriptions"]["bot_events"]) == {"app_mention", "message.im"}
        assert {"chat:write", "commands", "channels:history", "channels:read"} <= set(
            app["oauth_config"]["scopes"]["bot"]
        )


class TestSettings:
    def test_are_read_under_slack_s_own_names(self, monkeypatch):
        monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-a-token")
        monkeypatch.setenv("SLACK_GROUPS", '{"C1": ["legal"]}')
        monkeypatch.setenv("SLACK_APP_TOKEN", "of another program")
        slack = Settings.load().slack
        assert slack.signing_secret is not None
        assert slack.signing_secret.get_secret_value() == SECRET
        assert (slack.groups, slack.api_url) == ({"C1": ("legal",)}, "https://slack.com/api/")
        assert SECRET not in repr(Settings.load())

    def test_that_cannot_be_used_are_named(self, monkeypatch):
        monkeypatch.setenv("SLACK_SIGNING_SECRET", "short")
        with pytest.raises(SettingsError, match="SLACK_SIGNING_SECRET"):
            Settings.load()
