"""Narratives put together from `narratives.toml`: an opening, what followed, what staff add at the end."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

SOURCE = Path(__file__).parent / "narratives.toml"
CONTENT: dict[str, Any] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
SPECIAL: dict[str, str] = CONTENT["special"]

CLOSING_SHARE = 0.6


@dataclass(frozen=True)
class Scene:
    name: str
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    about: str
    texts: tuple[str, ...]
    after: dict[str, list[str]]
    axis: str
    never_event: dict[str, str]

    def never_event_on(self, day: str) -> str | None:
        """The type that somebody might propose, by the list in force on the day it occurred."""
        fitting = [kind for begins, kind in sorted(self.never_event.items()) if begins <= day]
        return fitting[-1] if fitting else None


def _scene(content: dict[str, Any]) -> Scene:
    return Scene(
        name=content["name"],
        kinds=tuple(content["kinds"]),
        places=tuple(content["places"]),
        about=content["about"],
        texts=tuple(content["texts"]),
        after=content.get("after", {}),
        axis=content.get("axis", "physical"),
        never_event=content.get("never_event", {}),
    )


SCENES: tuple[Scene, ...] = tuple(_scene(content) for content in CONTENT["scene"])


@dataclass
class Book:
    """Tells no story twice in the same words."""

    told: set[str] = field(default_factory=set)

    def scene(self, random: Random, kind: str, place: str, grade: str, axis: str, of: str = "") -> Scene:
        fitting = [
            scene
            for scene in SCENES
            if scene.name == (of or scene.name)
            and kind in scene.kinds
            and place in scene.places
            and (scene.about == "nobody" or (scene.axis == axis and grade in scene.after))
        ]
        if not fitting:
            raise LookupError(f"no scene tells of {kind}, {grade} ({axis}) at a place like {place}")
        return random.choice(fitting)

    def tell(self, random: Random, scene: Scene, grade: str, who: str) -> str:
        closings = CONTENT["closing"]["nobody" if scene.about == "nobody" else "people"]
        for attempt in range(400):
            parts = [random.choice(scene.texts)]
            if grade in scene.after:
                parts.append(random.choice(scene.after[grade]))
            if attempt > 4 or random.random() < CLOSING_SHARE:
                parts.append(random.choice(closings))
            if attempt > 40:
                parts.append(random.choice(closings))
            if len(set(parts)) < len(parts):
                continue
            told = " ".join(parts).replace("{who}", who).replace("{Who}", who[0].upper() + who[1:])
            if told not in self.told:
                self.told.add(told)
                return told
        raise LookupError(f"the scene {scene.name!r} has been told in all its words")
