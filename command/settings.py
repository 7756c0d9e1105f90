"""The one object of settings: read from the environment once, at the edge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from embedded.problems import StartError

ClockKind = Literal["system", "manual"]
SignInFrom = Literal["here", "anywhere"]
Tls = Literal["required", "offered", "implicit"]
PREFIX = "CANDOUR_"
ADDRESSES = {"kafka": "KAFKA_BOOTSTRAP", "registry": "SCHEMA_REGISTRY_URL", "database": "DATABASE_URL"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Names begin with CANDOUR_, but for the three addresses, which other programs name the same way."""

    data: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    clock: ClockKind = "system"
    sign_in: SignInFrom = "here"
    tick_seconds: float = 30.0
    health_port: int = 0
    instance: str = "engine-0"
    cache: Path | None = None
    java: Path | None = None
    maven_repository: str | None = None
    vault_key_file: Path | None = None
    release_key_file: Path | None = None
    contacts: Path | None = None
    public_url: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_from: str | None = None
    smtp_user: str | None = None
    smtp_password_file: Path | None = None
    smtp_tls: Tls = "required"

    kafka: str | None = None
    registry: str | None = None
    database: str | None = None


def read(environment: Mapping[str, str], **given: Any) -> Settings:
    """What is given stands before what the environment says; None is not given, and so is an empty variable.

    Raises StartError that names the variable whose value does not fit.
    """
    return Settings(
        **{
            field.name: given[field.name] if given.get(field.name) is not None else _from(environment, field)
            for field in msgspec.structs.fields(Settings)
        }
    )


def _from(environment: Mapping[str, str], field: msgspec.structs.FieldInfo) -> Any:
    name = ADDRESSES.get(field.name, PREFIX + field.name.upper())
    value = environment.get(name)
    if not value:
        return field.default
    try:
        return msgspec.convert(value, field.type, strict=False, dec_hook=lambda kind, text: kind(text))
    except msgspec.ValidationError as error:
        raise StartError(f"{name}={value} does not fit: {error}.") from None
