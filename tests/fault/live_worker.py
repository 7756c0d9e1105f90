"""The case engine with its real rules against a broker alone: ids of schemas are local ones.

python -m tests.fault.live_worker KAFKA DATA
"""

import sys

from rules.case_rules import RULES
from schemas.codec import Codec
from stream_apps.case_engine import CaseEngine, Setting
from stream_apps.process import serve_app, set_up_logging

GROUP = "live"


def main(kafka: str, data: str) -> None:
    set_up_logging()
    engine = CaseEngine(
        Setting(kafka, data, "live", group=GROUP, session=6.0, rebalance=6.0), RULES, Codec.local()
    )
    serve_app(engine.app, engine.watchdog)


if __name__ == "__main__":
    main(*sys.argv[1:])
