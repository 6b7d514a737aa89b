"""Every setting, with its default, documented where it is defined.

A setting comes from the first of: a command-line flag, the environment (``ASSISTANT_`` and the name in capitals), the
file ``assistant.toml`` in the working directory, the default here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from assistant.errors import SettingsError

DEFAULT_MODEL = "minilm-regulatory-int8"
"""The packaged embedding model's name."""
_PACKAGE = Path(__file__).parent


def packaged(name: str) -> Path:
    """A folder that comes with the program: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


class ServerSettings(BaseModel):
    """What can be set of `assistant serve`: ``[server]`` in the file, ``ASSISTANT_SERVER_…`` in the environment, where
    lists are written as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on: this machine alone by default.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    hosts: tuple[str, ...] = Field(
        default=(),
        description="The names that browsers and programs reach this server by, such as a proxy's; others are refused.",
    )
    authentication: Literal["off", "keys", "proxy"] = Field(
        default="off",
        description="Who may call: whoever is at this machine (off), who has a key of `assistant keys` (keys), or also "
        "whom a reverse proxy has signed in and names in its headers (proxy).",
    )
    without_authentication: bool = Field(
        default=False,
        description="Lets the server listen beyond this machine though it asks nobody who they are. Everyone may then "
        "ask about the sources that are open to all, and nothing else.",
    )
    proxy_addresses: tuple[IPvAnyNetwork, ...] = Field(
        default=(), description="The addresses or networks of the reverse proxy; its headers are believed from there."
    )
    proxy_secret: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="What the reverse proxy sends in the header X-Proxy-Secret; its headers are believed with it.",
    )
    proxy_user_header: str = Field(default="X-Forwarded-User", description="The header that names the user.")
    proxy_groups_header: str = Field(
        default="X-Forwarded-Groups", description="The header that lists the user's groups, with commas between them."
    )
    curators: tuple[str, ...] = Field(default=(), description="The proxy's groups whose members are curators.")
    admins: tuple[str, ...] = Field(default=(), description="The proxy's groups whose members are admins.")
    workers: int = Field(default=2, ge=1, le=64, description="How many answers are worked on at a time.")
    waiting: int = Field(
        default=64,
        ge=0,
        le=10_000,
        description="How many requests may wait for their turn; more are told to come back.",
    )
    requests_per_minute: int = Field(
        default=240, ge=0, description="How often one caller may ask anything in a minute; 0 sets no limit."
    )
    max_body_bytes: int = Field(default=4_000_000, ge=1_000, description="The largest body of a request.")
    max_upload_bytes: int = Field(default=50_000_000, ge=1_000, description="The largest upload of documents.")
    log_text: bool = Field(
        default=False, description="Whether the log may hold what people ask, where an error's own words quote it."
    )

    @property
    def is_private(self) -> bool:
        """Whether nobody but this machine's users can reach the server, as far as the settings say."""
        return not self.hosts and self.host in ("localhost", "127.0.0.1", "::1")

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.authentication == "off" and not self.is_private and not self.without_authentication:
            raise ValueError(
                f"the server could be reached from beyond this machine (host {self.host}) and asks nobody who they "
                "are; set `authentication` to keys or proxy, or say `without_authentication` if that is what you want"
            )
        if self.authentication == "proxy" and not self.proxy_addresses and self.proxy_secret is None:
            raise ValueError("with `authentication` by proxy, name `proxy_addresses` or a `proxy_secret` to know it by")
        return self


class JournalSettings(BaseModel):
    """What can be set of the journal: ``[journal]`` in the file, ``ASSISTANT_JOURNAL_…`` in the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(default=True, description="Whether what is asked and answered is recorded.")
    retention_days: int | None = Field(
        default=None,
        ge=1,
        description="After how many days entries are deleted; by default never. The rest stays verifiable.",
    )


class SlackSettings(BaseSettings):
    """What can be set of the Slack bot: ``[slack]`` in the file, or in the environment under Slack's own names,
    ``SLACK_…``, where mappings are written as JSON. docs/slack.md says how to go live."""

    model_config = SettingsConfigDict(env_prefix="SLACK_", env_ignore_empty=True, extra="forbid", frozen=True)

    signing_secret: SecretStr | None = Field(
        default=None, min_length=8, description="What Slack signs its requests with; without it there is no bot."
    )
    bot_token: SecretStr | None = Field(default=None, min_length=8, description="The bot's token, xoxb-….")
    api_url: str = Field(
        default="https://slack.com/api/", pattern=r"^https?://", description="Where Slack's Web API is."
    )
    groups: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="By the id of a private channel, or of a user in direct messages, the groups whose sources may be "
        "answered from there. Public channels get answers from sources open to all only.",
    )


class WebhookSettings(BaseModel):
    """What can be set of the webhook for other chats: ``[webhook]`` in the file, ``ASSISTANT_WEBHOOK_…`` in the
    environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    signing_secret: SecretStr | None = Field(
        default=None, min_length=16, description="What requests are signed with; without it there is no webhook."
    )


class ReadingSettings(BaseModel):
    """What reading one file may take: ``[reading]`` in the file, ``ASSISTANT_READING_…`` in the environment.

    docs/documents.md says what happens at each limit. The defaults pass any real document that was met.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_file_bytes: int = Field(
        default=100_000_000, gt=0, description="The largest file, page fetched, or file in an archive."
    )
    max_characters: int = Field(default=20_000_000, gt=0, description="The most text taken from one file.")
    max_pages: int = Field(default=5_000, gt=0, description="The most pages of a PDF.")
    max_seconds: float = Field(default=120, gt=0, description="How long reading one file may take.")
    max_memory_bytes: int = Field(
        default=1_500_000_000, ge=300_000_000, description="The most memory that the process which reads may use."
    )
    max_archive_files: int = Field(default=5_000, gt=0, description="The most files in a ZIP archive.")
    max_archive_bytes: int = Field(
        default=1_000_000_000, gt=0, description="The most bytes of an archive's files together, unpacked."
    )
    max_archive_ratio: int = Field(
        default=200, gt=1, description="How many times larger than it is packed a file may be; text seldom passes 20."
    )
    allow_web: bool = Field(default=False, description="Whether `assistant add` fetches pages of the web.")
    allow_private_addresses: bool = Field(
        default=False, description="Whether it may fetch them from this machine and private networks, on any port."
    )
    max_fetch_seconds: float = Field(
        default=30, gt=0, le=600, description="How long fetching one page may take, redirects included."
    )


class Settings(BaseSettings):
    """What can be set. Unknown names are refused."""

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        toml_file="assistant.toml",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("export-control-assistant", appauthor=False)),
        description="The folder of the index and of everything else that is kept; nothing is written elsewhere.",
    )
    corpus_dir: Path = Field(
        default_factory=lambda: packaged("corpus"),
        description="The built-in sources, read into the index at first use and whenever they change.",
    )
    embedding: str = Field(
        default=DEFAULT_MODEL,
        min_length=1,
        description="The embedding model: the packaged one; any model of sentence-transformers by hub name or folder "
        "(with the extra of that name); or one that a provider runs, as PROVIDER:NAME, such as "
        "openai:text-embedding-3-small or ollama:nomic-embed-text. Changing it embeds every source anew; the index "
        "answers as it was until that is done.",
    )
    embedding_query_prefix: str | None = Field(
        default=None, description="What is put before a question when it is embedded; by default what the model asks."
    )
    embedding_document_prefix: str | None = Field(
        default=None, description="What is put before a passage when it is embedded; by default what the model asks."
    )

    write_wait_seconds: float = Field(
        default=120.0,
        ge=0,
        description="How long a command that changes the index waits for another process that is changing it.",
    )
    journal: JournalSettings = Field(default_factory=JournalSettings, description="What can be set of the journal.")
    slack: SlackSettings = Field(default_factory=SlackSettings, description="What can be set of the Slack bot.")
    webhook: WebhookSettings = Field(default_factory=WebhookSettings, description="What can be set of the webhook.")
    server: ServerSettings = Field(default_factory=ServerSettings, description="What can be set of `assistant serve`.")

    reading: ReadingSettings = Field(default_factory=ReadingSettings, description="What reading a file may take.")

    model: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]*:\S.*$",
        description="The chat model that words answers, as PROVIDER:NAME: openai:…, anthropic:…, ollama:…, "
        "llamacpp:/path/to/model.gguf, or any other that LangChain's init_chat_model knows. Without one, answers are "
        "quotations. docs/models.md says what is checked.",
    )
    model_base_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s@]+$",
        description="Where the model is served, for OpenAI-compatible servers and Ollama on another machine.",
    )
    model_api_key: SecretStr | None = Field(
        default=None,
        description="The key for it; where left out, the provider's own variable (OPENAI_API_KEY, …) counts.",
    )
    model_deadline_seconds: float = Field(
        default=30.0,
        gt=0,
        le=600,
        description="How long the model may take for one answer, repair included; then the rest is quoted without it.",
    )
    model_max_input_tokens: int = Field(
        default=6_000, ge=1_000, description="The most tokens that one request to the model holds; evidence is cut."
    )
    model_max_output_tokens: int = Field(
        default=1_000, ge=50, description="The most tokens that the model may write in one reply."
    )
    model_daily_tokens: int | None = Field(
        default=None, ge=0, description="The most tokens, in and out, that all answers of a day (UTC) may use."
    )
    model_input_price: float = Field(default=0.0, ge=0, description="What a million tokens into the model cost.")
    model_output_price: float = Field(default=0.0, ge=0, description="What a million tokens out of the model cost.")
    model_daily_cost: float | None = Field(
        default=None, ge=0, description="The most that all answers of a day (UTC) may cost, in the prices' currency."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags over environment over file; see the module's first lines."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def load(cls, **flags: Any) -> Settings:
        """The settings that hold here; a flag that is ``None`` was not given.

        Raises SettingsError, naming the setting and what is wrong with it.
        """
        try:
            return cls(**{name: value for name, value in flags.items() if value is not None})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            if error.title == SlackSettings.__name__:  # which reads its environment under Slack's own names
                name = f"SLACK_{name}".upper()
            raise SettingsError(f"The setting {name!r} cannot be used: {first['msg']}.") from None
        except ValueError as error:
            raise SettingsError(f"assistant.toml cannot be read: {error}.") from None
