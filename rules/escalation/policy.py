"""The escalation policy: what makes somebody act, whom it goes to, by when; serious-incident frameworks.

Loaded from `schemas/policy/escalation/*.toml` for adoption, and from the adopted content ever after.
"""

from datetime import date
from functools import lru_cache

import msgspec

from rules.calendar import fingerprint
from rules.escalation.contents import RANK, Body, Content, Framework, RestsOn, Route, Task, Trigger
from rules.escalation.refused import check
from rules.london import day_of
from rules.policy import IN_FORCE, PolicyRefused, canonical, read_folder
from schemas.event_types import Instant


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.readings = content.readings
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.triggers = {trigger.name: trigger for trigger in content.triggers}
        self.urgencies = {urgency.number: urgency for urgency in content.urgencies}
        self.bodies = content.bodies
        self.frameworks = content.frameworks
        self._routes = {kind: route for route in content.routes for kind in route.provider_types}

    def that_rest_on(self, fact: RestsOn) -> list[Trigger]:
        return [trigger for trigger in self.triggers.values() if trigger.rests_on == fact]

    def route(self, provider_type: str) -> Route:
        """A type that no route names is treated like a provider that is not known."""
        return self._routes.get(provider_type) or self._routes["not_known"]

    def body(self, task: Task, provider_type: str, when: Instant) -> Body | None:
        day = day_of(when)
        for one in self.bodies:
            mine = one.task == task and provider_type in one.provider_types
            if mine and one.valid_from <= day <= (one.valid_to or date.max):
                return one
        return None

    def framework(self, when: Instant) -> Framework | None:
        day = day_of(when)
        for one in self.frameworks:
            if one.status == IN_FORCE and one.valid_from <= day <= (one.valid_to or date.max):
                return one
        return None


def reaches(grade: str, threshold: str) -> bool:
    return RANK[grade] >= RANK[threshold]


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not an escalation policy: {error}") from error
    check(parsed)
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    rest = dict(files)
    lists = {}
    for name, key, table in (
        ("triggers", "triggers", "trigger"),
        ("times", "urgencies", "urgency"),
        ("routes", "routes", "route"),
        ("bodies", "bodies", "body"),
    ):
        if table not in rest.get(name, {}):
            raise PolicyRefused(f"{name}.toml is missing, or has no [[{table}]] in it")
        lists[key] = rest.pop(name)[table]
    if "readings" not in rest:
        raise PolicyRefused("readings.toml is missing: it holds the version and the hours of the office")
    readings = rest.pop("readings")
    for name, fields in rest.items():
        if fields.get("id") != name:
            raise PolicyRefused(f"{name}.toml: its id is {fields.get('id')!r}; an id equals the file's name")
    return canonical({"readings": readings, **lists, "frameworks": [rest[name] for name in sorted(rest)]})


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("escalation"))
    return parse(content).version, content
