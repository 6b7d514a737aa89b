"""Who may call, what each may do, and what nobody without the group ever learns."""

import base64
import json

import pytest
from acts import act_text
from click.testing import CliRunner
from served import IN_FORCE, QUESTION, Served, is_problem

from assistant.cli import cli
from assistant.errors import SettingsError
from assistant.settings import Settings

SECRET = "Zirconfluxide may not leave the country without a licence of the inner board."


def hidden_act() -> str:
    return act_text("inner-board-7", SECRET, title="Inner board rule 7").replace("\nkind:", "\ngroups: [board]\nkind:")


def add(server: Served, headers: dict[str, str], name: str, text: str):
    return server.http.post("/api/v1/sources", files=[("files", (name, text.encode()))], headers=headers)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_keys_are_made_listed_and_revoked_on_the_command_line(serve, monkeypatch):
    server = serve(authentication="keys")
    monkeypatch.setenv("ASSISTANT_DATA_DIR", str(server.settings.data_dir))
    key = run("keys", "add", "ann", "--role", "reader", "--group", "board")
    headers = {"Authorization": f"Bearer {key}"}
    assert server.http.get("/api/v1/sources", headers=headers).status_code == 200
    listed = run("keys", "list")
    assert "ann" in listed
    assert key.split("_", 2)[2] not in listed
    assert all(
        key.split("_", 2)[2].encode() not in path.read_bytes() for path in server.settings.data_dir.glob("*.sqlite3")
    )
    run("keys", "revoke", "ann")
    is_problem(server.http.get("/api/v1/sources", headers=headers), 401)
    assert "revoked" in run("keys", "list")
    refused = CliRunner().invoke(cli, ["keys", "revoke", "ann"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Bearer eca_00000000_x", "Basic", "Basic !!!", "Basic Og==", "Digest x", "Bearer \xff"],
)
def test_without_a_valid_key_nothing_is_answered(serve, authorization):
    server = serve(authentication="keys")
    server.key("ann")
    headers = {"Authorization": authorization.encode("latin-1")}
    for path in ("/api/v1/sources", "/v1/models", "/metrics", "/openapi.json", "/docs", "/nowhere"):
        is_problem(server.http.get(path, headers=headers), 401)
    assert server.http.get("/healthz").status_code == 200
    assert server.http.get("/api/v1/sources").headers["www-authenticate"] == "Bearer"
    assert server.http.get("/").headers["www-authenticate"].startswith("Basic ")


def test_a_browser_shows_the_key_as_a_password(serve):
    server = serve(authentication="keys")
    key = server.key("ann")["Authorization"].removeprefix("Bearer ")
    basic = base64.b64encode(f"anyone:{key}".encode()).decode()
    assert server.http.get("/docs", headers={"Authorization": f"Basic {basic}"}).status_code == 200


def test_roles_say_what_a_caller_may_do(serve):
    server = serve(authentication="keys")
    reader, curator, admin = (server.key(role, role) for role in ("reader", "curator", "admin"))
    is_problem(add(server, reader, "a.md", act_text("a", "A rule holds.")), 403)
    is_problem(server.http.delete("/api/v1/sources/mofcom-2025-62", headers=reader), 403)
    assert add(server, curator, "a.md", act_text("a", "A rule holds.")).status_code == 201
    is_problem(server.http.get("/metrics", headers=curator), 403)
    is_problem(server.http.get("/api/v1/evaluations", headers=curator), 403)
    assert server.http.get("/metrics", headers=admin).status_code == 200
    assert server.http.get("/api/v1/evaluations", headers=admin).status_code == 200
    assert server.http.get("/api/v1/sources/mofcom-2025-62", headers=reader).status_code == 200


def test_without_the_group_there_is_no_trace_of_a_source(serve):
    server = serve(authentication="keys")
    admin, curator = server.key("root", "admin"), server.key("cur", "curator")
    insider, outsider = server.key("in", "reader", "board"), server.key("out", "reader", "sales")

    def everything(headers: dict[str, str]) -> str:
        """All that a caller can learn about the source, and questions that ask for it, as one text."""
        ask = {"question": "Is Zirconfluxide controlled by the inner board?", "as_of": IN_FORCE}
        chat = {"model": "export-control-assistant", "messages": [{"role": "user", "content": ask["question"]}]}
        get, post = server.http.get, server.http.post
        responses = [
            post("/api/v1/ask", json=ask, headers=headers),
            post("/api/v1/ask/stream", json=ask, headers=headers),
            post("/api/v1/search", json={**ask, "limit": 100}, headers=headers),
            post("/v1/chat/completions", json=chat, headers=headers),
            get("/api/v1/sources", headers=headers),
            get("/api/v1/sources/inner-board-7", headers=headers),
            get("/api/v1/sources/inner-board-7/text", headers=headers),
            get("/api/v1/journal", headers=headers),
            get("/api/v1/journal/resting-on", params={"source_id": "inner-board-7"}, headers=headers),
        ]
        return "\n".join(each.text for each in responses)

    def bare(text: str) -> str:
        """Without what differs from one time to the next, and what the caller said."""
        told = json.loads(text)
        return json.dumps({key: value for key, value in told.items() if key not in ("timings_ms", "entry")})

    question = {"question": QUESTION, "as_of": IN_FORCE}
    before = bare(server.http.post("/api/v1/ask", json=question, headers=outsider).text)
    count = server.http.get("/api/v1/sources", headers=outsider).json()["total"]

    assert add(server, admin, "b.md", hidden_act()).json()["added"] == ["inner-board-7"]

    assert SECRET in everything(insider)
    for caller in (outsider, curator):
        seen = everything(caller)
        assert "may not leave the country" not in seen
        assert "rule 7" not in seen
        assert server.http.get("/api/v1/sources", headers=caller).json()["total"] == count
    assert bare(server.http.post("/api/v1/ask", json=question, headers=outsider).text) == before
    absent = server.http.get("/api/v1/sources/nix", headers=outsider).text
    hidden = server.http.get("/api/v1/sources/inner-board-7", headers=outsider).text
    assert hidden.replace("inner-board-7", "nix") == absent


def test_a_curator_cannot_touch_what_is_hidden_from_them(serve):
    server = serve(authentication="keys")
    admin, curator = server.key("root", "admin"), server.key("cur", "curator", "sales")
    add(server, admin, "b.md", hidden_act())
    is_problem(server.http.delete("/api/v1/sources/inner-board-7", headers=curator), 404)
    taken = is_problem(add(server, curator, "b.md", act_text("inner-board-7", "Free for all.")), 422)
    foreign = hidden_act().replace("id: inner-board-7", "id: other")
    assert taken == is_problem(add(server, curator, "b.md", foreign), 422)
    hidden = server.http.patch("/api/v1/sources/inner-board-7", json={"fields": {"title": "X"}}, headers=curator)
    is_problem(hidden, 404)
    add(server, curator, "own.md", act_text("own", "A rule of our own."))
    for groups, status in (("board", 403), ("sales, board", 403), ("sales", 200)):
        edit = {"fields": {"groups": groups}}
        assert server.http.patch("/api/v1/sources/own", json=edit, headers=curator).status_code == status
    assert SECRET in server.http.get("/api/v1/sources/inner-board-7/text", headers=admin).text


def test_an_entry_is_hidden_from_whoever_has_left_the_group(serve):
    server = serve(authentication="keys")
    admin, insider = server.key("root", "admin"), server.key("in", "reader", "board")
    add(server, admin, "b.md", hidden_act())
    ask = {"question": "Does Zirconfluxide need a licence of the inner board?", "as_of": IN_FORCE}
    told = server.http.post("/api/v1/ask", json=ask, headers=insider).json()
    assert "inner-board-7" in {each["source_id"] for each in told["citations"]}
    server.context.keys.revoke("in")
    returned = server.key("in", "reader")
    is_problem(server.http.get(f"/api/v1/journal/{told['entry']}", headers=returned), 404)
    assert server.http.get("/api/v1/journal", headers=returned).json()["total"] == 0
    assert server.http.get(f"/api/v1/journal/{told['entry']}", headers=admin).status_code == 200


def test_the_proxys_word_counts_with_its_secret_only(serve):
    server = serve(
        authentication="proxy", proxy_secret="s" * 20, curators=["editors"], admins=["owners"],
    )  # fmt: skip
    named = {"X-Forwarded-User": "ann@example.org", "X-Forwarded-Groups": "board, editors"}
    is_problem(server.http.get("/api/v1/sources", headers=named), 401)
    is_problem(server.http.get("/api/v1/sources", headers={**named, "X-Proxy-Secret": "t" * 20}), 401)
    trusted = {**named, "X-Proxy-Secret": "s" * 20}
    assert add(server, trusted, "a.md", act_text("a", "A rule holds.")).status_code == 201
    is_problem(server.http.get("/metrics", headers=trusted), 403)
    owner = {**trusted, "X-Forwarded-Groups": "owners"}
    assert server.http.get("/metrics", headers=owner).status_code == 200
    is_problem(server.http.get("/api/v1/sources", headers={"X-Proxy-Secret": "s" * 20}), 401)
    told = server.http.post("/api/v1/ask", json={"question": QUESTION}, headers=trusted).json()
    assert server.http.get(f"/api/v1/journal/{told['entry']}", headers=owner).json()["caller"] == "user:ann@example.org"
    assert server.http.get("/api/v1/sources", headers=server.key("machine")).status_code == 200


def test_the_proxys_word_counts_from_its_address_only(serve):
    named = {"X-Forwarded-User": "ann", "X-Forwarded-For": "10.1.2.3"}
    elsewhere = serve(authentication="proxy", proxy_addresses=["10.0.0.0/8"])
    is_problem(elsewhere.http.get("/api/v1/sources", headers=named), 401)
    here = serve(authentication="proxy", proxy_addresses=["127.0.0.1/32"])
    assert here.http.get("/api/v1/sources", headers=named).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_hands_on_is_not_taken_for_this_machines_user(serve, header):
    server = serve()
    is_problem(server.http.get("/metrics", headers={header: "10.1.2.3"}), 403)
    is_problem(server.http.delete("/api/v1/sources/mofcom-2025-62", headers={header: "10.1.2.3"}), 403)
    assert server.http.get("/metrics").status_code == 200


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"host": "0.0.0.0"}, "without_authentication"),
        ({"host": "192.168.1.5"}, "without_authentication"),
        ({"hosts": ["assistant.example.org"]}, "without_authentication"),
        ({"authentication": "proxy"}, "proxy_secret"),
        ({"authentication": "proxy", "proxy_secret": "short"}, "proxy_secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_are_not_safe_are_refused_with_what_to_do(settings, named):
    with pytest.raises(SettingsError, match=named):
        Settings.load(server=settings)


def test_the_command_refuses_to_listen_beyond_this_machine_without_authentication():
    result = CliRunner().invoke(cli, ["serve", "--host", "0.0.0.0"])
    assert result.exit_code == 1
    assert "asks nobody who they are" in result.stderr


def test_settings_come_from_the_environment_and_flags_go_before_it(monkeypatch):
    monkeypatch.setenv("ASSISTANT_SERVER_PORT", "9000")
    monkeypatch.setenv("ASSISTANT_SERVER_AUTHENTICATION", "keys")
    monkeypatch.setenv("ASSISTANT_SERVER_HOSTS", '["a.example.org"]')
    settings = Settings.load(server={"port": 9001}).server
    assert (settings.port, settings.authentication, settings.hosts) == (9001, "keys", ("a.example.org",))
