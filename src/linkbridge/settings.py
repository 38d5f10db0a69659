"""Settings, read once from the environment (prefix ``LINKBRIDGE_``) and handed out by ``bootstrap``.

No secret has a default: keys are made on the first start and kept in the data directory, readable
by their owner alone, or are given through the environment.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Days = Annotated[int, Field(ge=1, le=3650)]


class Settings(BaseSettings):
    """Everything that an administrator can set. Each field's description appears in ``docs/configuration.md``."""

    model_config = SettingsConfigDict(env_prefix="LINKBRIDGE_", extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(Path("var"), description="Folder for the database, keys, audio cache, fonts and backups.")
    database_url: str = Field(
        "", description="`sqlite:///…` or `postgresql+psycopg://…`. Empty: `linkbridge.db` in the data folder."
    )
    host: str = Field("127.0.0.1", description="Address to listen on. Anything beyond loopback needs TLS.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    base_url: str = Field(
        "", description="Public address, for QR codes and links. Empty: taken from host, port and TLS."
    )
    tls_cert: Path | None = Field(None, description="PEM certificate chain. With `tls_key`, the server speaks TLS.")
    tls_key: Path | None = Field(None, description="PEM private key that belongs to `tls_cert`.")
    behind_tls_proxy: bool = Field(
        False, description="A proxy on a trusted address ends TLS; then its forwarded headers are believed."
    )
    trusted_proxies: str = Field(
        "127.0.0.1", description="Comma-separated addresses or networks of proxies whose headers count."
    )
    workers: int = Field(1, ge=1, le=64, description="Web processes. More than one needs PostgreSQL.")
    phrasebooks_dir: Path | None = Field(
        None, description="Folder of phrasebooks. Empty: those delivered with LinkBridge."
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs what protects forms. Empty: made once, in `keys/secret` of the data folder."
    )
    field_keys: SecretStr | None = Field(
        None,
        description="Comma-separated Fernet keys for encrypted fields, newest first. "
        "Empty: `keys/fields` of the data folder.",
    )
    public_status: str = Field(
        "reviewed", description="What the public pages require of a notice: `draft`, `reviewed` or `verified`."
    )
    demo: bool = Field(False, description="Everything is marked as a demonstration.")
    demo_password: SecretStr | None = Field(
        None, description="Password of the demo staff. Empty: made at random at the first `make demo` and printed."
    )
    log_level: str = Field("info", description="`debug`, `info`, `warning` or `error`.")
    log_format: str = Field("console", description="`console` or `json`.")
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that opens `/metrics` from elsewhere. Empty: this machine alone reads it."
    )
    max_body_bytes: int = Field(1_048_576, ge=1024, description="Largest request body, in bytes.")
    session_hours: int = Field(12, ge=1, le=168, description="Longest time that a staff session lasts, in hours.")
    session_idle_minutes: int = Field(60, ge=5, le=1440, description="A staff session unused for so long ends.")
    enrolment_minutes: int = Field(15, ge=1, le=120, description="How long a tablet's enrolment code works.")
    invitation_hours: int = Field(72, ge=1, le=336, description="How long an invitation link works.")
    idle_wipe_seconds: int = Field(180, ge=30, le=3600, description="The tablet clears itself when untouched so long.")
    retain_encounters_days: Days = Field(365, description="Encounters with their acknowledgements and consents.")
    retain_training_days: Days = Field(7, description="The same, made in training mode or in a demo.")
    retain_sessions_days: Days = Field(30, description="Ended staff sessions, used links and enrolment codes.")
    retain_attempts_days: Days = Field(1, description="Counters of failed sign-ins and other rate limits.")
    retain_outbox_days: Days = Field(30, description="Notifications that were delivered or given up.")
    retain_requests_days: Days = Field(365, description="Requests for interpreters with their offers and assignments.")
    retain_notes_days: Days = Field(7, description="Notes, places and conflicts of requests, after their end.")
    retain_signals_days: Days = Field(1, description="What browsers of a call told each other to connect.")
    retain_answers_days: Days = Field(1, description="Answers of the API that an `Idempotency-Key` repeats.")
    retain_jobs_days: Days = Field(7, description="Finished background jobs.")
    retain_chats_days: Days = Field(30, description="Where a chat is, after the person's last message.")
    retain_handovers_days: Days = Field(30, description="What was said to humans in a chat, after its end.")
    retain_chat_traffic_days: Days = Field(3, description="Names of chat messages taken, and what nobody fetched.")
    retain_audit_days: Days = Field(1825, description="Audit entries. The newest purged hash stays as the anchor.")
    retain_backups_days: Days = Field(30, description="Backup files in the data folder.")
    models_dir: Path | None = Field(
        None, description="Folder of installed translation models. Empty: `models` in the data folder."
    )
    argos_index: str = Field(
        "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json",
        description="Where `linkbridge models` finds Argos packages: an address or a file.",
    )
    firefox_index: str = Field(
        "https://firefox.settings.services.mozilla.com/v1/buckets/main/collections/translations-models/records",
        description="Where `linkbridge models` finds Firefox models: an address or a file.",
    )
    translation_processes: int = Field(
        0, ge=0, le=64, description="Processes that run translation models. 0: one for each processor, at most four."
    )
    translation_memory_mb: int = Field(
        2048, ge=128, le=1_048_576, description="Models in memory together take at most so much, in MiB."
    )
    translation_beam: int = Field(4, ge=1, le=8, description="Beam size of CTranslate2 models.")
    translation_seconds: int = Field(60, ge=1, le=3600, description="A text waits at most so long for its translation.")
    translation_queue: int = Field(
        5000, ge=10, le=1_000_000, description="Sentences that may wait; more are refused as busy."
    )
    translation_servers: str = Field(
        "", description="Addresses of other servers that speak LibreTranslate's API, separated by commas."
    )
    translation_server_key: SecretStr | None = Field(None, description="API key sent to those servers.")
    lt_open: bool = Field(
        False, description="Let programs use `/lt` without an API key, within the limits of an anonymous caller."
    )
    lt_characters: int = Field(
        10_000, ge=100, le=1_000_000, description="Longest text that `/lt` takes from a caller without a key."
    )
    lt_characters_with_key: int = Field(
        200_000, ge=100, le=10_000_000, description="Longest text that `/lt` and the API take from a caller with a key."
    )
    lt_requests_per_minute: int = Field(
        60, ge=1, le=100_000, description="Requests to `/lt` in a minute, for each address without a key."
    )
    lt_requests_per_minute_with_key: int = Field(
        600, ge=1, le=1_000_000, description="Requests to `/lt` in a minute, for each key."
    )
    document_mb: int = Field(10, ge=1, le=200, description="Largest document that is translated, in MiB.")
    calendar_private_networks: bool = Field(
        False, description="Let interpreters name calendars on this machine and in private networks."
    )
    turn_urls: str = Field(
        "", description="Addresses of TURN relays for calls, separated by commas, such as `turn:…:3478?transport=udp`."
    )
    turn_secret: SecretStr | None = Field(
        None, description="What the relays know as `static-auth-secret`. Without it there are no calls over them."
    )
    calls_direct: bool = Field(
        False, description="Let browsers in a call connect directly, which shows them each other's address."
    )
    jitsi_url: str = Field("", description="Address of a Jitsi Meet, for calls where no relay is set up.")
    smtp_url: SecretStr | None = Field(
        None,
        description="`smtp://user:password@host:port` or `smtps://…`. Empty: mail is off, links are shown instead.",
    )
    mail_from: str = Field("", description="Sender address of mail.")
    telegram_token: SecretStr | None = Field(
        None, description="Token of the Telegram bot that writes to interpreters. Empty: Telegram is off."
    )
    telegram_url: str = Field(
        "https://api.telegram.org/bot",
        description="Where the Bot API is, up to the token. Your own server of it, or Telegram's.",
    )

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("trusted_proxies")
    @classmethod
    def _known_proxies(cls, value: str) -> str:
        """Accept addresses and networks alone: a name would match nobody, and ``*`` would believe anybody."""
        for part in value.split(","):
            try:
                ip_network(part.strip())
            except ValueError as error:
                raise ValueError(f"must be addresses or networks, such as 10.0.0.2 or 10.0.0.0/24: {error}") from error
        return value

    @field_validator("public_status")
    @classmethod
    def _known_status(cls, value: str) -> str:
        if value not in {"draft", "reviewed", "verified"}:
            raise ValueError("must be draft, reviewed or verified")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error"}:
            raise ValueError("must be debug, info, warning or error")
        return value.lower()

    @field_validator("log_format")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if value not in {"console", "json"}:
            raise ValueError("must be console or json")
        return value

    @property
    def resolved_database_url(self) -> str:
        """The database address, with the default in the data folder filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'linkbridge.db'}"

    @property
    def resolved_models_dir(self) -> Path:
        """The folder of installed models."""
        return self.models_dir or self.data_dir / "models"

    @property
    def serves_tls(self) -> bool:
        """Whether this process itself speaks TLS."""
        return self.tls_cert is not None and self.tls_key is not None

    @property
    def resolved_base_url(self) -> str:
        """The address that people are given, without a trailing slash."""
        if self.base_url:
            return self.base_url.rstrip("/")
        scheme = "https" if self.serves_tls or self.behind_tls_proxy else "http"
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"{scheme}://{host}:{self.port}"
