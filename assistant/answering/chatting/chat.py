"""A chat model behind LangChain: opened by name, streamed under a deadline, its failures told in a clause."""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelError, SettingsError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

_log = logging.getLogger(__name__)
LLAMA_CPP = "llamacpp"
# What a reply must look like, for providers that hold the model to a schema.
REPLY_SCHEMA: dict[str, Any] = {
    "title": "statements",
    "description": "The statements of an answer, each with the quotes that pin it.",
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "statement": {"type": "string"},
                    "translation": {"type": "string"},
                    "quotes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"key": {"type": "string"}, "words": {"type": "string"}},
                            "required": ["key", "words"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["statement", "translation", "quotes"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}
_BAD_REQUEST = 400
_DONE = object()


class Usage:
    """Tokens in and out of the requests so far, as the provider counts them, else by estimate."""

    def __init__(self) -> None:
        self.tokens_in = 0
        self.tokens_out = 0


class Chat:
    """One chat model. ``name`` is the setting that named it."""

    def __init__(self, name: str, model: BaseChatModel) -> None:
        self.name = name
        self._plain = model
        self._model: Runnable[Any, Any] = _held_to_schema(model)

    def stream(self, messages: Sequence[BaseMessage], *, until: float, usage: Usage) -> Iterator[str]:
        """The reply, piece by piece. ``until`` is on the monotonic clock; ``usage`` is added to.

        Raises ModelError where the model fails or is not done in time.
        """
        try:
            yield from self._streamed(self._model, messages, until, usage)
        except ModelError as error:
            if self._model is self._plain or getattr(error.__cause__, "status_code", None) != _BAD_REQUEST:
                raise
            # Not every server that speaks the protocol knows schemas; what it writes is parsed all the same.
            _log.info("%s refuses a schema; it is asked without one from now on", self.name)
            self._model = self._plain
            yield from self._streamed(self._model, messages, until, usage)

    def _streamed(
        self, model: Runnable[Any, Any], messages: Sequence[BaseMessage], until: float, usage: Usage
    ) -> Iterator[str]:
        """Reads in a thread of its own, since a socket that hangs can be given up but not woken."""
        arrived: queue.Queue[Any] = queue.Queue()
        given_up = threading.Event()

        def read() -> None:
            try:
                for chunk in model.stream(list(messages)):
                    arrived.put(chunk)
                    if given_up.is_set():
                        return
                arrived.put(_DONE)
            except Exception as error:  # noqa: BLE001 - whatever a provider's library raises, an answer must come
                arrived.put(error)

        written = 0
        counted = (usage.tokens_in, usage.tokens_out)
        threading.Thread(target=read, name="chat model", daemon=True).start()
        try:
            while (chunk := _next(arrived, until)) is not _DONE:
                if isinstance(chunk, Exception):
                    _log.warning("%s failed: %s", self.name, type(chunk).__name__)
                    raise _failure(chunk) from chunk
                text = str(chunk.text)
                written += estimated_tokens(text)
                if counts := chunk.usage_metadata:
                    usage.tokens_in += counts["input_tokens"]
                    usage.tokens_out += counts["output_tokens"]
                if text:
                    yield text
        finally:
            given_up.set()
            if (usage.tokens_in, usage.tokens_out) == counted:
                usage.tokens_in += sum(estimated_tokens(str(each.content)) for each in messages)
                usage.tokens_out += written


def open_chat(settings: Settings) -> Chat:
    """The chat model that the settings name.

    Raises SettingsError where its provider is unknown, its package is not installed, or it needs a key or a file that
    is not there.
    """
    spec = settings.model or ""
    provider, _, name = spec.partition(":")
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    options: dict[str, Any] = {"base_url": settings.model_base_url, "api_key": key}
    if provider == LLAMA_CPP:
        from assistant.answering.chatting.llamacpp import serve

        base_url, key = serve(name, context_size(settings))
        provider, options = "openai", {"base_url": base_url, "api_key": key}
        spec, name = f"{LLAMA_CPP}:{Path(name).name}", Path(name).stem  # where the file lies is nobody's business
    elif provider == "ollama":
        options = {"base_url": settings.model_base_url, "client_kwargs": {"timeout": settings.model_deadline_seconds}}
    return Chat(spec, _opened(spec, provider, name, options, settings))


def _opened(spec: str, provider: str, name: str, options: dict[str, Any], settings: Settings) -> BaseChatModel:
    try:
        from langchain.chat_models import init_chat_model
    except ImportError:
        raise SettingsError(_needs(spec, provider)) from None
    limits: dict[str, Any] = {"max_tokens": settings.model_max_output_tokens, "max_retries": 1}
    if provider == "ollama":
        limits = {"num_predict": settings.model_max_output_tokens, "num_ctx": context_size(settings)}
    else:
        limits["timeout"] = settings.model_deadline_seconds
    if provider == "openai":
        limits["stream_usage"] = True
    try:
        model: BaseChatModel = init_chat_model(
            name,
            model_provider=provider,
            temperature=0,
            **limits,
            **{option: value for option, value in options.items() if value is not None},
        )
    except ImportError:
        raise SettingsError(_needs(spec, provider)) from None
    except Exception as error:  # noqa: BLE001
        # Each provider refuses a missing key or an unknown option with an error class of its own.
        what = str(error).strip().split("\n")[0].rstrip(".")
        raise SettingsError(f"The model {spec!r} cannot be used: {what}.") from None
    return model


def context_size(settings: Settings) -> int:
    """How many tokens a locally served model must have room for: one repair beside the first request and reply."""
    return settings.model_max_input_tokens + 3 * settings.model_max_output_tokens


def estimated_tokens(text: str) -> int:
    """How many tokens a text has at most, roughly: three Latin characters or one of another script make one."""
    latin = sum(character.isascii() for character in text)
    return -(-latin // 3) + len(text) - latin


def _held_to_schema(model: BaseChatModel) -> Runnable[Any, Any]:
    """The model with its provider's own way of holding a reply to a schema, itself where there is none."""
    from langchain_core.runnables import RunnableSequence

    try:
        structured = model.with_structured_output(REPLY_SCHEMA, method="json_schema")
    except (NotImplementedError, TypeError, ValueError):
        return model
    # Its first step is the model so bound; the second would parse the reply only when it is complete.
    return structured.first if isinstance(structured, RunnableSequence) else model


def _next(arrived: queue.Queue[Any], until: float) -> Any:
    left = until - time.monotonic()
    try:
        return arrived.get(timeout=left) if left > 0 else arrived.get_nowait()
    except queue.Empty:
        raise ModelError("late") from None


def _failure(error: Exception) -> ModelError:
    """What went wrong, without whatever an error's text may hold of addresses and keys."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return ModelError("refused", status=status)
    kind = type(error).__name__.lower()
    if "timeout" in kind:
        return ModelError("late")
    return ModelError("unreachable" if re.search("connect|protocol|read|network", kind) else "failed")


def _needs(spec: str, provider: str) -> str:
    extra = provider if provider in ("openai", "anthropic", "ollama") else None
    what = f"'export-control-assistant[{extra}]'" if extra else f"langchain langchain-{provider.replace('_', '-')}"
    return f"The model {spec!r} needs packages that are not installed; run: pip install {what}"
