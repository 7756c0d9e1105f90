"""The one object of settings: read from the environment once, at the edge."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ClockKind = Literal["system", "manual"]


class Settings(BaseSettings):
    """Names begin with CANDOUR_, but for the three addresses, which other programs name the same way."""

    model_config = SettingsConfigDict(env_prefix="CANDOUR_", extra="ignore", populate_by_name=True)

    data: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    clock: ClockKind = "system"
    tick_seconds: float = 30.0
    health_port: int = 0
    health_host: str = "127.0.0.1"
    instance: str = "engine-0"
    cache: Path | None = None
    java: Path | None = None
    maven_repository: str | None = None
    vault_key_file: Path | None = None
    debug: bool = False

    kafka: str | None = Field(default=None, validation_alias="KAFKA_BOOTSTRAP")
    registry: str | None = Field(default=None, validation_alias="SCHEMA_REGISTRY_URL")
    database: str | None = Field(default=None, validation_alias="DATABASE_URL")
