"""The app of patterns with its real rule, but for one record over which it stumbles, as a defect would.

    python -m tests.fault.stumbling_wards KAFKA DATA EVENT_ID

EVENT_ID: the record; "none" for the rule as it is.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rules.patterns import RULE
from schemas.codec import Codec
from schemas.event_types import Record
from schemas.outcome_types import Outcome
from stream_apps.case_engine import CaseEngine, Setting
from stream_apps.process import serve_app, set_up_logging

GROUP = "wards"


def main(kafka: str, data: str, over: str) -> None:
    def about(state: Any, whose: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
        if getattr(record, "event_id", None) == over:
            raise KeyError("a defect")
        return RULE.about(state, whose, record, heard)

    set_up_logging()
    setting = Setting(kafka, data, "wards", group=GROUP, session=6.0, rebalance=6.0)
    engine = CaseEngine(setting, (replace(RULE, about=about),), Codec.local())
    serve_app(engine.app, engine.watchdog)


if __name__ == "__main__":
    main(*sys.argv[1:])
