"""A case as its page shows it, from what the JSON API says of it."""

from collections.abc import Mapping
from typing import Any

from views.pages import times, words


def patients(case: Mapping[str, Any]) -> list[str]:
    """The references of its patients, `p1` first."""
    return [str(one["ref"]) for one in case.get("patients") or ()]


def providers(case: Mapping[str, Any]) -> list[str]:
    """The codes of its providers, the reporting one first."""
    found = [case.get("provider"), *(case.get("other_providers") or ())]
    found += [one.get("provider") for one in case.get("obligations") or ()]
    return list(dict.fromkeys(str(code) for code in found if code))


def title(obligation: Mapping[str, Any]) -> str:
    """`Tell the patient … (p1, RXX, SC35_2013)`"""
    about = ", ".join(str(obligation.get(name)) for name in ("patient", "provider", "instrument"))
    return f"{words.of(obligation.get('duty'))} ({about})"


def day_of(line: Mapping[str, Any]) -> str:
    return times.when(line.get("at") or line.get("recorded_at"))
