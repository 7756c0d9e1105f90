"""`candour fetch`: everything the embedded parts need, so that later starts are quick and need no network."""

from command.infrastructure import places_of
from command.settings import Settings
from embedded.archives import kafka_jars, registry_home
from embedded.quick_start import train


def fetch(settings: Settings) -> None:
    """Does nothing where all is there."""
    places = places_of(settings)
    places.cache.mkdir(parents=True, exist_ok=True)
    kafka_jars(places.cache, places.progress, places.maven_repository)
    registry_home(places.cache, places.progress, places.maven_repository)
    train(places)
