"""A GGUF file on this machine, served by llama.cpp inside this process, on loopback and under a key of its own."""

from __future__ import annotations

import secrets
from pathlib import Path

from assistant.errors import SettingsError

_SERVERS: dict[Path, tuple[object, str, str]] = {}


def serve(file: str, context: int) -> tuple[str, str]:
    """The base URL and the key of a server for the model in a file, with room for ``context`` tokens; started once a
    process.

    Raises SettingsError where the file is not there or is no model, or the package is not installed.
    """
    path = Path(file).expanduser().resolve()
    if not path.is_file():
        raise SettingsError(f"The model 'llamacpp:{file}' cannot be used: there is no such file.")
    try:
        import xllamacpp
    except ImportError:
        raise SettingsError(
            f"The model 'llamacpp:{file}' needs packages that are not installed; "
            "run: pip install 'export-control-assistant[llamacpp]'"
        ) from None
    if path not in _SERVERS:
        key = secrets.token_urlsafe(24)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(path)
        parameters.hostnames = ["127.0.0.1"]
        parameters.port = 0
        parameters.api_keys = [key]
        parameters.ui = False
        parameters.endpoint_slots = False
        parameters.verbosity = 0
        parameters.n_ctx = context
        parameters.n_parallel = 1
        try:
            server = xllamacpp.Server(parameters)
        except RuntimeError as error:
            raise SettingsError(f"The model 'llamacpp:{file}' cannot be loaded: {error}.") from None
        _SERVERS[path] = (server, f"{server.listening_address}/v1", key)
    _, base_url, key = _SERVERS[path]
    return base_url, key
