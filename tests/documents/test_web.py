"""Pages of the web are fetched only where that is allowed, from nowhere private, and never too much or for too long."""

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.documents.loaders import web
from assistant.documents.loaders.batch import Batch
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

PAGE = "<html><head><title>公告</title></head><body><p>出口需要许可。</p></body></html>"
INSIDE = {"allow_web": True, "allow_private_addresses": True}


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        name, _, argument = self.path.lstrip("/").partition("/")
        getattr(self, f"_{name}")(argument)

    def _give(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _page(self, _: str) -> None:
        self._give(PAGE.encode("gb18030"), Content_Type="text/html; charset=gb2312")

    def _to(self, target: str) -> None:
        self._give(b"", 302, Location=target)

    def _loop(self, count: str) -> None:
        self._give(b"", 302, Location=f"/loop/{int(count or 0) + 1}")

    def _packed(self, _: str) -> None:
        self._give(gzip.compress(PAGE.encode()), Content_Encoding="gzip")

    def _bomb(self, _: str) -> None:
        self._give(gzip.compress(bytes(300_000_000)), Content_Encoding="gzip")

    def _missing(self, _: str) -> None:
        self._give(b"<p>Not here.</p>", 404)

    def _slow(self, _: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for at in range(100):
            self.wfile.write(f"X-{at}: y\r\n".encode())
            time.sleep(0.2)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def refusal(address: str, tmp_path, **settings) -> str:
    with pytest.raises(SourceError) as refused:
        web.fetch(address, tmp_path, ReadingSettings(**{"allow_web": True, **settings}))
    return str(refused.value)


def test_a_page_becomes_a_source_of_its_address(address):
    with Batch(ReadingSettings(**INSIDE), {}) as batch:
        (read,) = batch.read([f"{address}/to//page"], lambda *_: None)
    assert read.loaded.source.url == f"{address}/page"
    assert read.loaded.source.text == "出口需要许可。"
    assert read.loaded.source.title == "公告"
    assert read.file.origin == f"{address}/to//page"


def test_nothing_is_fetched_unless_settings_allow_it(address, tmp_path):
    assert "ASSISTANT_READING_ALLOW_WEB" in refusal(f"{address}/page", tmp_path, allow_web=False)


def test_a_page_packed_unasked_is_unpacked(address, tmp_path):
    assert web.fetch(f"{address}/packed", tmp_path, ReadingSettings(**INSIDE)).path.read_text() == PAGE


class TestAddressesThatAreNotEverybodys:
    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost", "10.0.0.1",
         "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "[fe80::1]",
         "[fd00::1]", "[64:ff9b::7f00:1]", "224.0.0.1"],
    )  # fmt: skip
    def test_are_refused(self, host, tmp_path):
        assert "private network" in refusal(f"http://{host}/", tmp_path)

    @pytest.mark.parametrize("public", ["8.8.8.8", "2001:4860:4860::8888"])
    def test_are_told_from_those_that_are(self, public):
        assert web.is_public(public)

    def test_are_refused_at_a_redirect_too(self, address, tmp_path, monkeypatch):
        monkeypatch.setattr(web, "is_public", lambda found: found == "127.0.0.1")
        monkeypatch.setitem(web._PORTS, "test", int(address.rsplit(":", 1)[1]))
        assert web.fetch(f"{address}/page", tmp_path, ReadingSettings(allow_web=True)).path.stat().st_size
        assert "private network" in refusal(f"{address}/to/http://127.0.0.2/page", tmp_path)

    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("http://user:word@example.org/", "user name or password"),
            ("http://example.org:22/", "port 22"),
            ("http:///page", "no address"),
            ("http://example.org:99999/", "cannot be read"),
            (f"http://example.org/{'a' * 3000}", "no address"),
        ],
    )
    def test_and_odd_ones_are_refused(self, address, reason, tmp_path):
        assert reason in refusal(address, tmp_path)

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)"])
    def test_and_other_protocols_are_refused(self, address, target, tmp_path):
        assert "no address of a page" in refusal(f"{address}/to/{target}", tmp_path, **INSIDE)


class TestPagesThatDoHarm:
    def test_by_leading_on_for_ever_are_given_up(self, address, tmp_path):
        assert "more than 5 times" in refusal(f"{address}/loop", tmp_path, **INSIDE)

    def test_by_being_slow_are_given_up(self, address, tmp_path):
        assert "longer than 1 s" in refusal(f"{address}/slow", tmp_path, **INSIDE, max_fetch_seconds=1)

    def test_by_being_large_once_unpacked_are_given_up(self, address, tmp_path):
        assert "more than 5,000,000 bytes" in refusal(f"{address}/bomb", tmp_path, **INSIDE, max_file_bytes=5_000_000)

    def test_or_are_not_there_are_said_to_be_so(self, address, tmp_path):
        assert "answers 404" in refusal(f"{address}/missing", tmp_path, **INSIDE)
        assert "cannot be fetched" in refusal("http://127.0.0.1:9/", tmp_path, **INSIDE)
