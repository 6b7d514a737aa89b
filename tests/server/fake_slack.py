"""Slack's Web API on this machine, as strict as the real one about what it is sent, remembering all of it."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
import urllib.parse
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

SECRET = "a-signing-secret-of-slack"
_numbers = itertools.count(1)
BOT, BOT_ID, TEAM = "UBOT00001", "BBOT00001", "T00000001"


class FakeSlack:
    """A workspace. ``posted`` are the messages it took, ``whispered`` those for one person, ``responded`` answers to
    commands. ``failures`` are what a method answers with next, before it works again: (status, body, headers)."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.whispered: list[dict[str, Any]] = []
        self.responded: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.failures: dict[str, deque[tuple[int, dict[str, Any], dict[str, str]]]] = defaultdict(deque)
        self.said: list[dict[str, Any]] = []
        self.private: set[str] = set()
        self.shared: set[str] = set()
        self.lose_responses = 0
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(length)
                status, answer, headers = fake.answer(self.path, body, self.headers)
                if status == 0:  # done, but the answer never arrives
                    self.close_connection = True
                    self.connection.close()
                    return
                data = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def forget(self) -> None:
        """Nothing was said and nothing fails."""
        with self._lock:
            for each in (self.posted, self.whispered, self.responded, self.calls, self.failures, self.said):
                each.clear()
            self.lose_responses = 0

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, body: bytes, headers) -> tuple[int, dict[str, Any], dict[str, str]]:
        method = path.partition("?")[0].removeprefix("/api/")
        with self._lock:
            self.calls.append(method)
            if self.failures[method]:
                return self.failures[method].popleft()
            if path.startswith("/commands/"):
                return self._respond(json.loads(body))
            if headers.get("Authorization") != "Bearer xoxb-a-token":
                return 200, {"ok": False, "error": "invalid_auth"}, {}
            query = path.partition("?")[2] or body.decode()
            if headers.get("content-type", "").startswith("application/json"):
                sent = json.loads(body)
            else:
                sent = {name: values[0] for name, values in urllib.parse.parse_qs(query).items()}
                if "blocks" in sent:
                    sent["blocks"] = json.loads(sent["blocks"])
            return self._method(method, sent)

    def _method(self, method: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        match method:
            case "auth.test":
                return 200, {"ok": True, "user_id": BOT, "bot_id": BOT_ID, "team_id": TEAM}, {}
            case "chat.postMessage":
                if error := too_much(sent):
                    return 200, {"ok": False, "error": error}, {}
                message = {**sent, "ts": f"{time.time():.6f}", "user": BOT, "bot_id": BOT_ID}
                self.posted.append(message)
                self.said.append(message)
                if self.lose_responses:
                    self.lose_responses -= 1
                    return 0, {}, {}
                return 200, {"ok": True, "ts": message["ts"], "channel": sent["channel"]}, {}
            case "chat.postEphemeral":
                if error := too_much(sent):
                    return 200, {"ok": False, "error": error}, {}
                self.whispered.append(sent)
                return 200, {"ok": True, "message_ts": "1.1"}, {}
            case "conversations.replies" | "conversations.history":
                here = [each for each in self.said if each["channel"] == sent["channel"]]
                if method == "conversations.replies":
                    here = [each for each in here if sent["ts"] in (each["ts"], each.get("thread_ts"))]
                return 200, {"ok": True, "messages": here, "has_more": False}, {}
            case "conversations.info":
                private, shared = sent["channel"] in self.private, sent["channel"] in self.shared
                about = {"id": sent["channel"], "is_private": private, "is_ext_shared": shared}
                return 200, {"ok": True, "channel": about}, {}
        return 200, {"ok": False, "error": "unknown_method"}, {}

    def _respond(self, sent: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
        if too_much(sent):
            return 400, {"ok": False, "error": too_much(sent)}, {}
        self.responded.append(sent)
        return 200, {"ok": True}, {}

    def says(
        self, user: str, text: str, *, channel: str = "C1", thread: str | None = None, ts: str = ""
    ) -> dict[str, Any]:
        """A person's message, as it stands in a channel from now on."""
        message = {"type": "message", "user": user, "text": text, "channel": channel, "ts": ts or f"{time.time():.6f}"}
        if thread:
            message["thread_ts"] = thread
        self.said.append(message)
        return message


def too_much(sent: dict[str, Any]) -> str | None:
    """What Slack refuses a message for: its limits, and blocks that are not what they should be."""
    blocks = sent.get("blocks", [])
    if not sent.get("text"):
        return "no_text"
    if len(sent["text"]) > 4_000:
        return "msg_too_long"
    if len(blocks) > 50 or len({each.get("block_id") for each in blocks if "block_id" in each}) != sum(
        "block_id" in each for each in blocks
    ):
        return "invalid_blocks"
    total = 0
    for block in blocks:
        match block["type"]:
            case "header":
                texts, limit = [block["text"]], 150
            case "section":
                texts, limit = [block["text"]], 3_000
            case "context":
                texts, limit = block["elements"], 3_000
                if len(texts) > 10:
                    return "invalid_blocks"
            case "actions":
                if len(block["elements"]) > 25 or any(len(each["value"]) > 2_000 for each in block["elements"]):
                    return "invalid_blocks"
                texts, limit = [each["text"] for each in block["elements"]], 75
            case "divider":
                texts, limit = [], 0
            case _:
                return "invalid_blocks"
        for each in texts:
            if not 1 <= len(each["text"]) <= limit or each["type"] not in ("mrkdwn", "plain_text"):
                return "invalid_blocks"
            total += len(each["text"])
    return "msg_blocks_too_long" if total > 12_000 else None


def signed(body: str | bytes, *, secret: str = SECRET, off: int = 0) -> dict[str, str]:
    """The headers that Slack sends with a body, made without the SDK, by a clock that may be some seconds off."""
    body = body.encode() if isinstance(body, str) else body
    timestamp = str(int(time.time()) + off)
    signature = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}


class Sender:
    """Slack as it calls the server."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def event(self, event: dict[str, Any], *, event_id: str = "", bot: str = BOT, **headers: str) -> httpx.Response:
        body = json.dumps(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": event_id or f"Ev{next(_numbers)}",
                "authorizations": [{"team_id": TEAM, "user_id": bot, "is_bot": True}],
                "event": event,
            }
        )
        return self.post("/slack/events", body, {"Content-Type": "application/json", **headers})

    def command(self, text: str, response_url: str, **more: str) -> httpx.Response:
        form = {
            "team_id": TEAM, "channel_id": "C1", "user_id": "U1", "command": "/ask", "text": text,
            "trigger_id": f"{next(_numbers)}.2.3", "response_url": response_url,
        }  # fmt: skip
        return self.form("/slack/commands", {**form, **more})

    def click(self, action: str, entry: str, **more: Any) -> httpx.Response:
        payload = {
            "type": "block_actions", "user": {"id": "U1"}, "team": {"id": TEAM}, "channel": {"id": "C1"},
            "actions": [{"action_id": action, "value": entry}], **more,
        }  # fmt: skip
        return self.form("/slack/interactions", {"payload": json.dumps(payload)})

    def form(self, path: str, fields: dict[str, str]) -> httpx.Response:
        return self.post(path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})

    def post(self, path: str, body: str | bytes, headers: dict[str, str]) -> httpx.Response:
        return self.http.post(path, content=body, headers={**signed(body), **headers})
