"""Settings of one process, all from the environment (prefix NEWSTART_); every mistake is told at once."""

import re
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    Json,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.contracts.event_type import VAULTS
from kit.errors import DomainError


def _is_key(key: object, curve: str, private: bool) -> bool:
    """Whether it looks like one (RFC 8037 section 2); who uses it looks closer."""
    return isinstance(key, dict) and (key.get("kty"), key.get("crv"), "d" in key) == ("OKP", curve, private)


class SafeguardingClocks(BaseModel):
    """Within which time a safeguarding concern must be dealt with, and when nobody having it rings and goes higher."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    red_hours: float = Field(4, gt=0)
    amber_hours: float = Field(24, gt=0)
    green_hours: float = Field(72, gt=0)
    ring_minutes: float = Field(15, gt=0)
    escalate_minutes: float = Field(30, gt=0)

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """Red before amber before green, and a ring before it goes higher."""
        if not self.red_hours <= self.amber_hours <= self.green_hours or self.ring_minutes > self.escalate_minutes:
            raise ValueError("red is sooner than amber, amber than green, and it rings before it escalates")
        return self


def a_long_key(value: SecretStr) -> SecretStr:
    """A key of at least a digest's length (RFC 2104 section 3): bytes, not characters, are what counts."""
    if len(value.get_secret_value().encode()) < 32:
        raise ValueError("it should have at least 32 bytes")
    return value


class Settings(BaseSettings):
    """What every process needs. A secret never shows in a repr, a log or an error."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSTART_", extra="ignore", hide_input_in_errors=True, validate_default=False
    )

    environment: Literal["demo", "test", "production"] = "production"
    database_url: SecretStr = Field(description="postgresql+psycopg://role:password@host:port/database")
    nats_url: SecretStr | None = Field(None, description="nats://user:password@host:port; workers need it")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    metrics_port: Annotated[int, Field(ge=1, le=65535)] = 9000
    secret_key: SecretStr = Field(min_length=32, description="signs page cursors")
    internal_public_keys: Json[dict[str, Any]] = Field(description="JWKS: the gateway's Ed25519 public keys")
    sealing_private_keys: Json[dict[str, Any]] | None = Field(None, description="JWKS: this service's own")
    sealing_public_keys: Json[dict[str, Any]] = Field(default_factory=dict, description="{service: JWK}")
    database_pool: Annotated[int, Field(ge=1, le=100)] = 10
    drain_seconds: Annotated[float, Field(gt=0)] = 15
    nats_replicas: Literal[1, 3, 5] = 1
    version: str = "0.1.0"
    duty_numbers: Json[dict[str, str]] = Field(
        default_factory=lambda: {"duty team": "020 7946 0001", "out of hours": "020 7946 0002"},
        description="whom to phone until a safeguarding concern is delivered; the same for every process",
    )
    safeguarding_clocks: SafeguardingClocks = Field(
        default_factory=SafeguardingClocks, description='JSON, e.g. {"red_hours": 2}; what is left out stays'
    )

    @field_validator("database_url", "nats_url")
    @classmethod
    def an_address(cls, value: SecretStr | None, field: ValidationInfo) -> SecretStr | None:
        """Said here, because whoever opens a bad address would quote it, password and all."""
        schemes = ("nats", "tls") if field.field_name == "nats_url" else ("postgresql+psycopg",)
        return value if value is None else cls.an_address_of(value, *schemes)

    @staticmethod
    def an_address_of(value: SecretStr, *schemes: str) -> SecretStr:
        """The address itself, or ValueError with the shape it should have."""
        try:
            parts = urlsplit(value.get_secret_value())
            # PostgreSQL's host may stand in the query: the folder of a Unix socket.
            good = parts.scheme in schemes and bool(parts.hostname or "host=" in parts.query) and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"it should read {schemes[0]}://user:password@host:port")
        return value

    @field_validator("internal_public_keys", "sealing_private_keys")
    @classmethod
    def a_key_set(cls, value: dict[str, Any] | None, field: ValidationInfo) -> dict[str, Any] | None:
        """A JSON Web Key Set (RFC 7517 section 5) with at least one key, all of the kind it is for."""
        if value is not None:
            keys = value.get("keys")
            curve, private = ("X25519", True) if field.field_name == "sealing_private_keys" else ("Ed25519", False)
            if not isinstance(keys, list) or not keys or not all(_is_key(each, curve, private) for each in keys):
                kind = "private" if private else "public"
                raise ValueError(f'it should be a key set {{"keys": [...]}} of {kind} {curve} keys')
        return value

    @field_validator("sealing_public_keys")
    @classmethod
    def a_key_of_each(cls, value: dict[str, Any]) -> dict[str, Any]:
        """Only public keys: another's private key has no business here."""
        if not all(_is_key(each, "X25519", private=False) for each in value.values()):
            raise ValueError("it should hold a public X25519 key for each service")
        return value


class GatewaySettings(Settings):
    """What the gateway needs besides."""

    internal_signing_key: Json[dict[str, Any]] = Field(description="private Ed25519 JWK")
    upstreams: Json[dict[str, HttpUrl]] = Field(description="{service: address}")
    issuers: Json[list[dict[str, Any]]] = Field(default_factory=list, description="[{issuer, audience, jwks_url}]")
    demo_issuer: bool = False
    public_url: str = "http://127.0.0.1:8080"
    cors_origins: Json[list[str]] = Field(default_factory=list)
    notify_url: HttpUrl = Field(HttpUrl("https://api.notifications.service.gov.uk"), validate_default=True)
    notify_api_key: SecretStr | None = Field(None, description="as GOV.UK Notify shows it; without it nothing is sent")
    notify_callback_token: SecretStr | None = Field(
        None,
        description="what Notify says with each text message it hands on to us; at least 20 characters, without it none"
        " is taken",
    )
    notify_templates: Json[dict[Literal["sms", "email", "letter"], str]] = Field(
        default_factory=dict, description="{way: id of Notify's template, whose body is ((title)) and ((text))}"
    )

    operations_emails: Json[list[str]] = Field(
        default_factory=list, description="who is told by e-mail when something stopped by itself"
    )
    webhook_hosts: Json[list[str]] = Field(
        default_factory=list, description='["host:port"] to which webhooks go by plain http too; never in production'
    )

    @field_validator("notify_callback_token")
    @classmethod
    def a_token_that_arrives(cls, value: SecretStr | None) -> SecretStr | None:
        """Hard to guess, and of characters that a header field carries as they are (RFC 9110 section 5.5)."""
        if value is not None and not re.fullmatch(r"[!-~]{20,}", value.get_secret_value()):
            raise ValueError(
                "it should have at least 20 characters, no spaces and plain letters, digits and signs only"
            )
        return value

    @model_validator(mode="after")
    def no_door_inwards_in_production(self) -> Self:
        """Where a partner's address may lead is not for a setting to widen beside real people's records."""
        if self.webhook_hosts and self.environment == "production":
            raise ValueError("NEWSTART_WEBHOOK_HOSTS must be empty when NEWSTART_ENVIRONMENT is production")
        return self

    @model_validator(mode="after")
    def a_template_for_each_way(self) -> Self:
        """Said at the start, not when the first letter is due."""
        if self.notify_api_key is not None and set(self.notify_templates) != {"sms", "email", "letter"}:
            raise ValueError("NEWSTART_NOTIFY_TEMPLATES should name a template for each of sms, email and letter")
        return self

    @model_validator(mode="after")
    def no_demo_in_production(self) -> Self:
        """The demo issuer hands out tokens to anyone: it can't exist beside real people's records."""
        if self.demo_issuer and self.environment == "production":
            raise ValueError("NEWSTART_DEMO_ISSUER cannot be switched on when NEWSTART_ENVIRONMENT is production")
        return self


class CasefileSettings(Settings):
    """What the case file's processes need besides."""

    objection_key: SecretStr | None = Field(
        None, description="at least 32 bytes: knows objectors again once nothing else of them is kept"
    )

    downtime_passphrases: Json[dict[str, SecretStr]] = Field(
        default_factory=dict, description='what opens each hub\'s pack for outages: {"heath": "four words or more ..."}'
    )

    @field_validator("objection_key")
    @classmethod
    def long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        """As long as the digest it keys."""
        return value if value is None else a_long_key(value)

    @field_validator("downtime_passphrases")
    @classmethod
    def hard_to_guess(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        """Whoever finds a pack may try for ever: four words at random, or twenty characters."""
        if any(len(each.get_secret_value()) < 20 for each in value.values()):
            raise ValueError("each should have at least twenty characters: four words at random, say")
        return value

    @model_validator(mode="after")
    def kept_in_production(self) -> Self:
        """A key that changes with another secret would forget who must not be sought out."""
        if self.objection_key is None and self.environment == "production":
            raise ValueError("NEWSTART_OBJECTION_KEY is missing: whoever objected must be known again for ever")
        return self


class VaultSettings(Settings):
    """What the processes of a service with a vault need besides; nobody else may have it."""

    vault_database_url: SecretStr = Field(description="the same database, as the vault's own role")
    pseudonym_key: SecretStr = Field(description="at least 32 bytes: turns ids of the vault into pseudonyms")
    vault_pool: Annotated[int, Field(ge=1, le=20)] = 3
    observatory_area: str | None = Field(None, pattern=r"^[EWSN][0-9]{8}$", description="GSS code of our own area")
    observatory_above: str | None = Field(None, pattern=r"^[EWSN][0-9]{8}$", description="of the area we report to")
    observatory_key: Json[dict[str, Any]] | None = Field(None, description="private Ed25519 JWK: signs our packages")
    observatory_url: SecretStr | None = Field(
        None, description="nats://observatory-AREA:password@host:port: our own server, account OBSERVATORY"
    )

    @field_validator("observatory_url")
    @classmethod
    def the_observatory_s_address(cls, value: SecretStr | None) -> SecretStr | None:
        """Checked like the others."""
        return value if value is None else cls.an_address_of(value, "nats", "tls")

    @field_validator("observatory_key")
    @classmethod
    def a_key_that_signs(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Not just any JWK."""
        if value is not None and not _is_key(value, "Ed25519", private=True):
            raise ValueError("it should be a private Ed25519 key (RFC 8037)")
        return value

    @field_validator("vault_database_url")
    @classmethod
    def another_address(cls, value: SecretStr) -> SecretStr:
        """Checked like the first one, and for the same reason."""
        return cls.an_address_of(value, "postgresql+psycopg")

    @field_validator("pseudonym_key")
    @classmethod
    def long_enough(cls, value: SecretStr) -> SecretStr:
        """As long as the digest it keys."""
        return a_long_key(value)

    @model_validator(mode="after")
    def two_roles(self) -> Self:
        """One role for both would be a vault with an open door."""
        roles = [urlsplit(url.get_secret_value()).username for url in (self.database_url, self.vault_database_url)]
        if roles[0] == roles[1]:
            raise ValueError("NEWSTART_VAULT_DATABASE_URL needs another role than NEWSTART_DATABASE_URL")
        return self

    @model_validator(mode="after")
    def an_observatory_s_whole_name(self) -> Self:
        """Who joins others says which area it is and signs; said at the start, not with the first package."""
        if self.observatory_url is not None and (self.observatory_area is None or self.observatory_key is None):
            raise ValueError("NEWSTART_OBSERVATORY_URL needs NEWSTART_OBSERVATORY_AREA and NEWSTART_OBSERVATORY_KEY")
        return self


class StaffSettings(BaseSettings):
    """What the staff app needs: the gateway, and nothing of any service (no database, no bus, no key of theirs)."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSTART_", extra="ignore", hide_input_in_errors=True, validate_default=False
    )

    environment: Literal["demo", "test", "production"] = "production"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    secret_key: SecretStr = Field(min_length=32, description="seals sessions; the same for all its processes")
    gateway_url: HttpUrl = Field(description="where the gateway answers")
    staff_url: str = Field("http://127.0.0.1:8000", description="where browsers find us; https in production")
    oidc_issuer: HttpUrl | None = Field(None, description="who signs people in; the demo's people when left out")
    oidc_client_id: str = "newstart-staff"
    oidc_client_secret: SecretStr | None = None
    oidc_scope: str = "openid profile newstart"
    drain_seconds: Annotated[float, Field(gt=0)] = 15
    version: str = "0.1.0"
    duty_numbers: Json[dict[str, str]] = Field(
        default_factory=lambda: {"duty team": "020 7946 0001", "out of hours": "020 7946 0002"},
        description="whom to phone about somebody in danger, when nothing else answers too; the same for every process",
    )

    @model_validator(mode="after")
    def safe_in_production(self) -> Self:
        """Real people's records need real sign-ins, and cookies that no network between can read."""
        if self.environment == "production":
            if self.oidc_issuer is None:
                raise ValueError("NEWSTART_OIDC_ISSUER is missing: in production nobody picks who they are")
            if not self.staff_url.startswith("https://"):
                raise ValueError("NEWSTART_STAFF_URL must begin with https:// when NEWSTART_ENVIRONMENT is production")
        return self


S = TypeVar("S", bound=BaseSettings)


class BadSettings(DomainError):
    """The environment does not hold what this process needs; the detail lists every mistake."""


def kind_for(name: str) -> type[Settings]:
    """Which settings the processes of that service read."""
    if name == "gateway":
        return GatewaySettings
    if name == "casefile":
        return CasefileSettings
    return VaultSettings if name in VAULTS.values() else Settings


def load(kind: type[S]) -> S:
    """The settings from the environment, or one `BadSettings` that names every variable at fault."""
    try:
        return kind()
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            lines.append(f"NEWSTART_{name}: {fault['msg'].removeprefix('Value error, ')}" if name else fault["msg"])
        raise BadSettings("These settings are missing or wrong:\n  " + "\n  ".join(lines)) from None
