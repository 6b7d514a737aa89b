"""Pages of the web → files: fetched only where settings allow it, and only from addresses that are everybody's.

A server inside the house believes whoever is inside, so an address is looked up once, each address it stands for is
checked, and the connection goes to the one that was checked: what a name means cannot change in between. The same
holds at every redirect. Size and time are bounded. Proxies of the environment are not used.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpcore

from assistant.documents.loaders.content import SUFFIXES
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_LONGEST_ADDRESS = 2_000
_PORTS = {"http": 80, "https": 443}
_HEADERS: dict[bytes | str, bytes | str] = {
    "User-Agent": "export-control-assistant",
    "Accept": "text/html, application/pdf, text/plain, */*;q=0.1",
    "Accept-Encoding": "identity",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# 64:ff9b::/96 and 2002::/16 stand for addresses of the old kind, which are checked too.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as a file: where it came from in the end, and the charset that its server declared."""

    url: str
    path: Path
    charset: str | None


def fetch(address: str, into: Path, limits: ReadingSettings) -> Fetched:
    """Fetches a page into a folder.

    Raises SourceError where settings do not allow it, where the address or one it leads on to is private, or where the
    page is not there, too large or too slow.
    """
    if not limits.allow_web:
        raise SourceError(
            address,
            "pages of the web are fetched only where ASSISTANT_READING_ALLOW_WEB is true; save the page instead.",
        )
    network = _CheckedNetwork(address, limits)
    url = address
    try:
        with httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=network) as pool:
            for _ in range(_MOST_REDIRECTS + 1):
                url = _checked(address, url, limits)
                with pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": network.timeouts()}) as response:
                    headers = {
                        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
                    }
                    if response.status in _REDIRECTS and "location" in headers:
                        url = _next(address, url, headers["location"])
                        continue
                    return _saved(address, url, response, headers, into, limits)
    except (httpcore.TimeoutException, TimeoutError):
        raise SourceError(
            address, f"the page took longer than {limits.max_fetch_seconds:g} s, which is the limit."
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
        raise SourceError(address, f"the page cannot be fetched: {error or type(error).__name__}.") from None
    raise SourceError(address, f"the page leads on to another one more than {_MOST_REDIRECTS} times.")


def _checked(address: str, url: str, limits: ReadingSettings) -> str:
    """An address as it is sent: of the web, without a password, on the usual ports, in ASCII."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:
        raise SourceError(address, "the address cannot be read.") from None
    if parts.scheme not in _PORTS or not host or len(url) > _LONGEST_ADDRESS:
        raise SourceError(address, f"it leads to {url[:200]!r}, which is no address of a page.")
    if parts.username is not None or parts.password is not None:
        raise SourceError(address, "the address holds a user name or password; pages that need one are not fetched.")
    if port not in (None, *_PORTS.values()) and not limits.allow_private_addresses:
        raise SourceError(address, f"the address names port {port}; only 80 and 443 are used.")
    name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    place = f"{name}:{port}" if port else name
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, place, path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"), ""))


def _next(address: str, url: str, location: str) -> str:
    following = urljoin(url, location)
    if url.startswith("https:") and following.startswith("http:"):
        raise SourceError(address, "the page leads on from https to http, which anybody between could change.")
    return following


def _saved(
    address: str, url: str, response: httpcore.Response, headers: dict[str, str], into: Path, limits: ReadingSettings
) -> Fetched:
    if response.status != 200:
        raise SourceError(address, f"the server answers {response.status} instead of a page.")
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    suffix = next(
        (each for each, found in SUFFIXES.items() if found.value == media_type), Path(urlsplit(url).path).suffix
    )
    path = into / f"page{suffix if suffix.lower() in SUFFIXES else '.html' if 'html' in media_type else ''}"
    size = 0
    with path.open("xb") as file:
        for chunk in _decoded(address, response.iter_stream(), headers.get("content-encoding", "")):
            size += len(chunk)
            if size > limits.max_file_bytes:
                raise SourceError(
                    address, f"the page has more than {limits.max_file_bytes:,} bytes, which is the limit."
                )
            file.write(chunk)
    charset = _CHARSET.search(headers.get("content-type", ""))
    return Fetched(url, path, charset[1] if charset else None)


def _decoded(address: str, chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The page's bytes; some servers pack them unasked, and never so much is unpacked at once that it could harm."""
    if coding.strip().lower() in ("", "identity"):
        yield from chunks
        return
    if coding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise SourceError(address, f"the server packs the page as {coding[:40]!r}, which is not understood here.")
    unpacker = zlib.decompressobj(wbits=47)
    try:
        for chunk in chunks:
            while chunk:
                yield unpacker.decompress(chunk, 1 << 20)
                chunk = unpacker.unconsumed_tail
    except zlib.error:
        raise SourceError(address, "the page is damaged on its way.") from None


def is_public(address: str) -> bool:
    """Whether an address of the internet is everybody's: not this machine's, the house's, or one of no single place."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inside: ipaddress.IPv4Address | None = None
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.teredo is not None:
            return False
    if inside is not None:
        return is_public(str(inside))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects only to addresses that it has checked, and to nothing after the deadline."""

    def __init__(self, address: str, limits: ReadingSettings) -> None:
        self._address = address
        self._limits = limits
        self._deadline = time.monotonic() + limits.max_fetch_seconds
        self._network = httpcore.SyncBackend()

    def left(self) -> float:
        """The seconds that are left. Raises TimeoutError where none are."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def timeouts(self) -> dict[str, float]:
        """The same, for each thing that may take time."""
        return dict.fromkeys(("connect", "read", "write", "pool"), self.left())

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Looks a host up once and connects to the first of its addresses, where all of them may be connected to."""
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not self._limits.allow_private_addresses and not all(map(is_public, found)):
            raise SourceError(
                self._address,
                f"{host} is an address of this machine or of a private network, which pages are not fetched from.",
            )
        stream = self._network.connect_tcp(found[0], port, self.left(), local_address, socket_options)
        return _TimedStream(stream, self)


class _TimedStream(httpcore.NetworkStream):
    """A connection that a server cannot keep open past the deadline by sending a byte now and then."""

    def __init__(self, stream: httpcore.NetworkStream, network: _CheckedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline counts
        """Reads what has come, at the latest at the deadline."""
        return self._stream.read(max_bytes, self._network.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Writes, at the latest at the deadline."""
        self._stream.write(buffer, self._network.left())

    def close(self) -> None:
        """Ends the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Encrypts the connection; the certificate must be that of the name asked for."""
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._network.left()), self._network)

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self._stream.get_extra_info(info)
