"""`assistant serve`, the server in one process; `assistant keys`, who may call it; `assistant mcp`, its tools alone."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import AssistantError, SettingsError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from assistant.server.keys import Keys
    from assistant.settings import ServerSettings, Settings

_SHUTDOWN_SECONDS = 60


@click.command()
@click.option("--host", help="The address to listen on; default: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; default: 8080.")
@click.option(
    "--without-authentication",
    is_flag=True,
    help="Listen beyond this machine though nobody is asked who they are: everyone may ask about open sources.",
)
def serve(host: str | None, port: int | None, without_authentication: bool) -> None:
    """Serve the API to programs and the user interface to people, until it is stopped."""
    from assistant.server import logs
    from assistant.server.app import create_app
    from assistant.settings import Settings
    from assistant.ui.mount import mount

    flags: dict[str, Any] = {"host": host, "port": port, "without_authentication": without_authentication or None}
    given = {name: value for name, value in flags.items() if value is not None}
    settings = Settings.load(server=given or None)
    logs.configure(with_text=settings.server.log_text)
    app = create_app(settings)
    mount(app)
    run(app, settings.server)


def run(app: FastAPI, settings: ServerSettings) -> None:
    """Serves an app until a signal says to stop; what is being answered then is answered first.

    Raises SettingsError where the address cannot be listened on, and what kept the index from being opened.
    """
    server = server_of(app)

    def stop() -> None:
        server.should_exit = True

    app.state.context.on_failure = stop
    with _listening(settings) as listener:
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        click.echo(f"Serving at http://{shown}:{listener.getsockname()[1]} (Ctrl-C stops it)", err=True)
        server.run(sockets=[listener])
    failure: AssistantError | None = app.state.context.failure
    if failure is not None:
        raise failure


def server_of(app: FastAPI) -> uvicorn.Server:
    """What serves an app on sockets that it is given."""
    import uvicorn

    from assistant.server.protocol import PatientProtocol

    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Who the proxy speaks for is decided by our own settings, from the address that really connected.
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return uvicorn.Server(config)


def _listening(settings: ServerSettings) -> socket.socket:
    """A socket at the address. Raises SettingsError where there is none to have."""
    try:
        kind = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        return socket.create_server((settings.host, settings.port), family=kind, backlog=1024)
    except OSError as error:
        raise SettingsError(
            f"{settings.host}, port {settings.port}, cannot be listened on ({error.strerror or error}); "
            "name another with --host or --port."
        ) from None


@click.command()
def mcp() -> None:
    """Offer ask, search, get_provision and list_sources to an MCP client over standard input and output."""
    import logging
    import threading

    from assistant.server.caller import LOCAL
    from assistant.server.context import Context
    from assistant.server.mcp import mcp_server

    # Standard output belongs to the protocol.
    logging.basicConfig(level=logging.WARNING)
    context = Context(_settings())
    threading.Thread(target=context.open, daemon=True).start()
    try:
        mcp_server(context, lambda _: LOCAL).run("stdio")
    finally:
        context.close()


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that callers of the server show."""


@keys.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["reader", "curator", "admin"]),
    default="reader",
    show_default=True,
    help="A reader asks; a curator also changes sources; an admin sees and does everything.",
)
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="A group whose sources the holder may see.")
def add(name: str, role: str, groups: tuple[str, ...]) -> None:
    """Make a key named NAME and print it: this once, it is not kept."""
    from assistant.server.caller import Role

    click.echo(_keys().add(name, Role(role), frozenset(groups)))
    click.echo("Keep it now: it cannot be shown again.", err=True)


@keys.command("list")
def list_keys() -> None:
    """List the keys, without what is secret of them."""
    for key in _keys().list():
        state = f"revoked {key.revoked:%Y-%m-%d %H:%M}" if key.revoked else "valid"
        groups = f" groups {', '.join(sorted(key.groups))}" if key.groups else ""
        click.echo(f"{key.id}  {key.name}  {key.role}{groups}  made {key.made:%Y-%m-%d %H:%M}  {state}")


@keys.command()
@click.argument("key")
def revoke(key: str) -> None:
    """Make the key of this id or name worthless from now on."""
    revoked = _keys().revoke(key)
    click.echo(f"revoked: {revoked.id} ({revoked.name})")


def _keys() -> Keys:
    from assistant.server.keys import Keys

    return Keys(_settings().data_dir)


def _settings() -> Settings:
    from assistant.settings import Settings

    return Settings.load()
