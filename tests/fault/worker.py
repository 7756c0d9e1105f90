"""A case engine with the small rules, as a process for the chaos run.

    python -m tests.fault.worker KAFKA DATA INSTANCE LINGER_MS SAFEGUARD

SAFEGUARD is one to leave out, "barrier" or "recovery", or "none": production code has no such switch.
"""

import sys
from collections.abc import Sequence

import faust
from faust.transport.drivers import aiokafka

from rules.rule import Rule
from schemas.codec import Codec
from schemas.topics import CASE_EVENTS
from stream_apps.case_engine import CaseEngine, Setting
from stream_apps.engine import Engine
from stream_apps.log_records import rereader
from stream_apps.partition_reader import committed
from stream_apps.process import serve_app, set_up_logging
from stream_apps.recovery import Going
from stream_apps.transport import Hearing, Settled, behind_barrier
from tests.fault.small_rules import small_rules

GROUP = "chaos"
SESSION = 6.0


class WithoutBarrier(CaseEngine):
    """Commits whether or not anything is delivered; crash points stay where they were."""

    @staticmethod
    def transport(
        app: faust.App, settled: Settled, hearing: Hearing, gather: float = 0.0
    ) -> aiokafka.Transport:
        async def at_once() -> None:
            return None

        return behind_barrier(app, at_once, hearing, gather)


class WithoutRecovery(CaseEngine):
    """Begins at the committed offset and remembers nothing."""

    @staticmethod
    def recall(
        kafka: str, group: str, partitions: Sequence[int], rules: Sequence[Rule], codec: Codec, going: Going
    ) -> dict[int, Engine]:
        offsets = committed(kafka, group, CASE_EVENTS, partitions)
        return {
            partition: Engine(rules, codec.encode, codec.decode, partition, offset, rereader(kafka, codec))
            for partition, offset in offsets.items()
        }


KINDS = {"none": CaseEngine, "barrier": WithoutBarrier, "recovery": WithoutRecovery}


def main(kafka: str, data: str, instance: str, linger: str, safeguard: str) -> None:
    set_up_logging()
    setting = Setting(
        kafka,
        data,
        instance,
        group=GROUP,
        session=SESSION,
        rebalance=SESSION,
        delivery_deadline=20.0,
        out_of_group=20.0,
        outcome_log={"linger.ms": int(linger)},
    )
    engine = KINDS[safeguard](setting, small_rules(), Codec.local())
    serve_app(engine.app, engine.watchdog)


if __name__ == "__main__":
    main(*sys.argv[1:])
