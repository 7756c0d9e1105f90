"""The case engine with its real rules against a broker alone: ids of schemas are local ones.

python -m tests.fault.live_worker KAFKA DATA PORT
"""

import sys

import health
from rules.case_rules import RULES
from schemas.codec import Codec
from stream_apps.case_engine import CaseEngine, Setting
from stream_apps.process import serve_app, set_up_logging

GROUP = "live"


def main(kafka: str, data: str, port: str) -> None:
    set_up_logging()
    engine = CaseEngine(
        Setting(kafka, data, "live", group=GROUP, session=6.0, rebalance=6.0), RULES, Codec.local()
    )
    answers = health.serve(int(port), engine.ready, {})
    try:
        serve_app(engine.app, engine.watchdog)
    finally:
        answers.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
