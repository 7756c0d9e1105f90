"""The parts that are not ours: which of them this start brings along, and where the others are."""

from dataclasses import dataclass
from pathlib import Path

from command.settings import Settings
from embedded import ports
from embedded.cache import default_cache
from embedded.kafka import kafka
from embedded.parts import Part
from embedded.places import Places
from embedded.postgres import address, postgres
from embedded.registry import API, registry


@dataclass(frozen=True)
class Infrastructure:
    """The addresses in use, and the parts that must be started for them."""

    kafka: str
    registry: str
    database: str
    parts: list[Part]

    def needs(self, *names: str) -> tuple[str, ...]:
        """Those of the named parts that are started here; the others are taken to be there."""
        ours = {part.name for part in self.parts}
        return tuple(name for name in names if name in ours)


def infrastructure(settings: Settings, places: Places, chosen: dict[str, int]) -> Infrastructure:
    """Starts what is not given by KAFKA_BOOTSTRAP, SCHEMA_REGISTRY_URL and DATABASE_URL."""
    parts: list[Part] = []
    if not settings.database:
        parts.append(postgres(places))
    if not settings.kafka:
        parts.append(kafka(places, chosen["kafka"], chosen["kafka-controller"]))
    kafka_at = settings.kafka or f"127.0.0.1:{chosen['kafka']}"
    if not settings.registry:
        needs = () if settings.kafka else ("kafka",)
        parts.append(registry(places, chosen["registry"], chosen["registry-management"], kafka_at, needs))
    return Infrastructure(
        kafka=kafka_at,
        registry=settings.registry or f"http://127.0.0.1:{chosen['registry']}{API}",
        database=settings.database or address(places),
        parts=parts,
    )


INNER_PORTS = ["kafka", "kafka-controller", "registry", "registry-management"]


def places_of(settings: Settings) -> Places:
    """The folders of this start."""
    data: Path = settings.data.expanduser().resolve()
    cache = settings.cache.expanduser().resolve() if settings.cache else default_cache()
    return Places(
        data=data, cache=cache, chosen_java=settings.java, maven_repository=settings.maven_repository
    )


def choose_ports(places: Places, names: list[str]) -> dict[str, int]:
    """Free ports for the inner parts and the health pages of our processes."""
    return ports.choose(places.run / "ports.json", names)
