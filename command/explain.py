"""`candour explain`: why each verdict on a case was given, as text or as the JSON of the API."""

import json
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from command.stack import Stack
from embedded.problems import StartError
from rules import london
from sinks.database import engine
from views import why
from views.api.times import utc
from views.pages import times, why_view
from views.reading_why import Reasons

_WIDTH = 100


def explain(stack: Stack, case_id: str, as_at: datetime | None, form: str, *, whole: bool) -> bool:
    """Prints it; whether all verdicts agree with the log. Raises StartError for an unknown case."""
    when = None if as_at is None else london.instant(as_at)
    store = engine(stack.database)
    try:
        found = Reasons(store, stack.kafka, stack.registry).explain(case_id, whole=whole)
    finally:
        store.dispose()
    if found is None:
        raise StartError(
            f"There is no case {case_id} in the read model. Its number was in the answer to the report."
        )
    if when is not None and when < found.known_since:
        raise StartError(f"This case was recorded at {utc(found.known_since)}: ask for a later time.")
    shape = why.shape(found, when)
    print(json.dumps(shape, indent=2, ensure_ascii=False) if form == "json" else "\n".join(lines(shape)))
    agrees: bool = shape["agrees"]
    return agrees


def lines(shape: dict[str, Any]) -> Iterator[str]:
    yield f"Case {shape['case_id']}" + (
        f", as it was known on {times.exactly(shape['as_at'])}" if shape["as_at"] else ""
    )
    yield from _wrapped(shape["said"], "")
    if not shape["settled"]:
        yield "Not settled yet: something recorded is still being weighed, and is not shown."
    for one in shape["verdicts"]:
        yield ""
        yield f"{one['number']}. {why_view.title(one)}"
        yield f"   {why_view.rule(one['rule'])}, said {times.exactly(one['said_at'])}"
        for reason in one["reason"]:
            yield from _wrapped(reason, "   - ")
        for clause in one["clauses"]:
            yield from _named("Clause", clause["title"])
            for text in why_view.law(clause):
                yield from _named("", text)
        for name, value in why_view.figures(one):
            yield from _named(name, value)
        yield from _named("Because of", why_view.cause(one))
        for each in one["evidence"]:
            yield from _named("Evidence then held", why_view.evidence(each))
        yield from _named(
            "Policy, calendar",
            f"{one['policy_version'] or 'none named'}, {one['calendar_version'] or 'not used'}",
        )
        yield from _named("Record", why_view.place(one["cause"]))
        yield from _named("Verdict", why_view.place(one["outcome"]))
        yield from _named("Decided again", why_view.agreement(one))
        for each in one["differences"]:
            yield from _named(
                "", f"{each['field']}: it was said “{each['said']}”; from the log follows “{each['follows']}”"
            )


def _named(name: str, text: str) -> list[str]:
    return _wrapped(text, f"   {name + ':' if name else '':<22} ")


def _wrapped(text: str, before: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=before, subsequent_indent=" " * len(before)) or [before]
