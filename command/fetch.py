"""`candour fetch`: everything the embedded parts need, so that later starts are quick and need no network."""

import sys

from command.infrastructure import places_of
from command.settings import Settings
from embedded.archives import kafka_jars, registry_home
from embedded.quick_start import train, trained


def fetch(settings: Settings) -> None:
    """Does nothing where all is there."""
    places = places_of(settings)
    places.cache.mkdir(parents=True, exist_ok=True)
    kafka_jars(places.cache, places.progress, places.maven_repository)
    registry_home(places.cache, places.progress, places.maven_repository)
    if not trained(places):
        print("making later starts quick: takes about half a minute, this once", file=sys.stderr, flush=True)
        train(places)
