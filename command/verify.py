"""`candour verify`: the log with the rules and the door, then the read model with the log."""

from collections.abc import Iterator

from command.stack import Stack
from schemas.registry import contract_ids, hand_over
from sinks.comparing import Compared, compare
from stream_apps.verdict import SHOWN
from stream_apps.verify import verify as judge


def verify(stack: Stack) -> bool:
    """Prints what was compared and what differs; whether nothing does."""
    hand_over(stack.registry, contract_ids(stack.registry))
    verdict = judge(kafka=stack.kafka, registry=stack.registry, database=stack.database)
    compared = compare(kafka=stack.kafka, registry=stack.registry, database=stack.database)
    clean = verdict.clean and not compared.differences
    for line in (*verdict.lines(), *_lines(compared), "clean" if clean else "NOT CLEAN"):
        print(line)
    return clean


def _lines(compared: Compared) -> Iterator[str]:
    behind = f"; it is {compared.behind:,} records behind the log" if compared.behind else ""
    yield f"{compared.rows:,} rows of the read model compared{behind}"
    for what, found in compared.differences.items():
        yield f"{len(found):,} {what}:"
        yield from (f"  {line}" for line in found[:SHOWN])
