"""The case engine: Faust brings a case's records in order, the rules decide, the outcome logs remember.

Nothing in it is about cases: `stream_apps.patterns` is the same app for the rule that hears another topic.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import faust
from faust.types import EventT, StreamT

import health
from health.pauses import short_pauses
from rules.rule import Rule
from schemas.codec import Codec
from schemas.topics import CASE_EVENTS
from stream_apps import figures
from stream_apps.dead_letters import DeadLetters
from stream_apps.engine import Engine
from stream_apps.outcome_log import OutcomeLog
from stream_apps.peek import Peek
from stream_apps.recovery import Overtaken, recall_partitions
from stream_apps.runner import Runner
from stream_apps.transport import behind_barrier
from stream_apps.watchdog import Watchdog

GROUP = "candour-case-engine"
SOURCE = "/candour/case-engine"
FAILED = 70  # exit code: sysexits' EX_SOFTWARE
LARGEST_RECORD = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting:
    """Where the engine runs, and how patient it is (seconds).

    `gather`: how long it lets records come together, where nobody waits for what it says.
    """

    kafka: str
    data: str
    instance: str | None
    group: str = GROUP
    source: str = SOURCE
    session: float = 15.0
    rebalance: float = 20.0
    delivery_deadline: float = 30.0
    out_of_group: float = 60.0
    gather: float = 0.0
    outcome_log: dict[str, str | int | bool] = field(default_factory=dict)  # further producer settings


def die(reason: str) -> NoReturn:
    """Leave without committing; the next start begins from the logs."""
    logger.critical("exit: %s", reason)
    logging.shutdown()
    os._exit(FAILED)


class CaseEngine:
    """The app and what it is made of; one to a process."""

    recall = staticmethod(recall_partitions)
    transport = staticmethod(behind_barrier)

    def __init__(
        self, setting: Setting, rules: Sequence[Rule], codec: Codec, die: Callable[[str], NoReturn] = die
    ):
        self.setting, self.rules, self.codec, self.die = setting, rules, codec, die
        self.heard = rules[0].source
        self.engines: dict[int, Engine] = {}
        self.recovered = False
        self.outcomes = OutcomeLog(
            setting.kafka,
            {rule.name: rule.topic for rule in rules},
            setting.source,
            die,
            setting.delivery_deadline,
            **setting.outcome_log,
        )
        self.watchdog = Watchdog(self.in_group, die, setting.out_of_group)
        self.runner = Runner(
            self.engines, codec, Peek(rules, codec), self.outcomes, DeadLetters(setting.kafka, die), die
        )
        self.app = _app(setting)
        self.app.transport = self.transport(self.app, self.outcomes.settled, self.runner, setting.gather)
        self.app.on_partitions_revoked.connect(self._forget)
        self.app.on_rebalance_complete.connect(self._remember)
        topic = self.app.topic(
            self.heard, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )
        self.app.agent(topic, name=setting.source.rpartition("/")[2])(self._listen)

    def in_group(self) -> bool:
        try:
            generation: int = self.app.consumer._thread._consumer._coordinator.generation  # type: ignore[attr-defined]
        except AttributeError:  # still starting
            return False
        return generation > 0 and not self.app.rebalancing

    def ready(self) -> tuple[bool, dict[str, object]]:
        return self.recovered and self.in_group(), {"partitions": sorted(self.engines)}

    async def _listen(self, stream: StreamT[bytes]) -> None:
        event: EventT[bytes]
        async for event in stream.events():
            await self.runner.hear(event.message)

    async def _forget(self, app: Any, /, *revoked: Any, signal: Any, **_: Any) -> None:
        self.recovered = False
        for partition in {at.partition for at in revoked[0]}:
            if self.engines.pop(partition, None):
                figures.forget(partition)

    async def _remember(self, app: Any, /, *_: Any, signal: Any, **__: Any) -> None:
        """Faust keeps all partitions paused until this returns."""
        try:
            await self._recover()
        except Overtaken:
            logger.info("another rebalance came during the recovery")
        except BaseException as error:
            self.die(f"recovery: {error!r}")

    async def _recover(self) -> None:
        generation = self.app.consumer_generation_id
        await self.outcomes.settled()
        partitions = sorted(at.partition for at in self.app.consumer.assignment() if at.topic == self.heard)
        self.engines.clear()

        def going() -> bool:
            self.watchdog.feed()
            return self.app.consumer_generation_id == generation

        began = time.monotonic()
        engines = await asyncio.to_thread(
            self.recall, self.setting.kafka, self.setting.group, partitions, self.rules, self.codec, going
        )
        if not going():
            raise Overtaken
        self.engines.update(engines)
        for partition, engine in engines.items():
            figures.QUARANTINED.labels(partition).set(engine.quarantined)
        self.recovered = True
        figures.RECOVERY.set(time.monotonic() - began)
        logger.info(
            "generation %s: partitions %s in %.2f s", generation, partitions, time.monotonic() - began
        )


def _app(setting: Setting) -> faust.App:
    session = setting.session
    datadir = Path(setting.data) / "faust"  # stays empty: Faust asks for one
    datadir.mkdir(parents=True, exist_ok=True)
    return faust.App(
        setting.group,
        broker=f"aiokafka://{setting.kafka}",
        datadir=datadir,
        store="memory://",
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        table_standby_replicas=0,
        consumer_group_instance_id=setting.instance,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=LARGEST_RECORD,
        consumer_metadata_max_age_ms=3000,  # else a rejoin with stale metadata idles for five minutes
        broker_session_timeout=session,
        broker_rebalance_timeout=setting.rebalance,
        broker_heartbeat_interval=session / 5,
        broker_request_timeout=max(session, 20.0) + 5,
        broker_commit_interval=0.5,
    )


def run(*, kafka: str, registry: str, data: str, health_port: int, instance: str) -> None:
    """Work until SIGTERM, then end on a commit. Exits 70 where it must not go on, 75 where a part is away."""
    from rules.case_rules import RULES
    from stream_apps.process import serve_app, wait_for_parts

    codec = wait_for_parts(kafka, registry, [CASE_EVENTS, *(rule.topic for rule in RULES)])
    engine = CaseEngine(Setting(kafka, data, instance), RULES, codec)
    answers = health.serve(
        health_port, engine.ready, {"part": "case-engine", "rules": [r.name for r in RULES]}
    )
    short_pauses()
    try:
        serve_app(engine.app, engine.watchdog)
    finally:
        answers.close()
