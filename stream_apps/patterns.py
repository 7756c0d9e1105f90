"""The second app, for what is seen over many cases only: the same machinery on `safety.ward-events`.

What it finds goes back to the log through the door (`producers.courier`), so that the case engine still has
one log in one order.
"""

from collections.abc import Callable

import health
from health.pauses import short_pauses
from rules.patterns import RULE
from rules.rule import Rule
from stream_apps.case_engine import CaseEngine, Setting

GROUP = "candour-patterns"
SOURCE = "/candour/patterns"
RULES: tuple[Rule, ...] = (RULE,)
_GATHER_SECONDS = 0.25
"""What is seen over days can wait: taken together, reports cost a fraction of what each costs alone."""


Ready = Callable[[], tuple[bool, dict[str, object]]]


def run(*, kafka: str, registry: str, data: str, health_port: int, instance: str, beside: Ready) -> None:
    """Work until SIGTERM, then end on a commit. Exits 70 where it must not go on, 75 where a part is away.

    `beside`: whether what works in the same process is ready, and what there is to say of it.
    """
    from stream_apps.process import serve_app, wait_for_parts

    codec = wait_for_parts(kafka, registry, [RULE.source, RULE.topic])
    setting = Setting(kafka, data, instance, group=GROUP, source=SOURCE, gather=_GATHER_SECONDS)
    engine = CaseEngine(setting, RULES, codec)

    def ready() -> tuple[bool, dict[str, object]]:
        mine, said = engine.ready()
        its, told = beside()
        return mine and its, said | told

    answers = health.serve(health_port, ready, {"part": "patterns", "rules": [RULE.name]})
    short_pauses()
    try:
        serve_app(engine.app, engine.watchdog)
    finally:
        answers.close()
