"""`assistant serve`: the server and the user interface in one process."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", help="The address to listen on; default: this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; default: 8080.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the chat UI, REST, the OpenAI-style API, Slack and MCP."""
    import uvicorn

    from assistant.server.app import create_app
    from assistant.settings import Settings

    settings = Settings.load()
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=given)})
    app = create_app(settings)
    uvicorn.run(app, host=settings.server.host, port=settings.server.port)
