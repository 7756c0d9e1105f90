"""Those who report and those who look, over real HTTP."""

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import httpx

T = TypeVar("T")
PATIENCE_SECONDS = 60.0  # for a busy machine; how quick it is when idle, `make bench` measures

MODERATE_HARM: dict[str, Any] = {
    "kind": "incident",
    "what_happened": "The wrong dose was given; a day in intensive care followed.",
    "provider": "RXX",
    "occurred_at": "2013-12-19T22:10:00+00:00",
    "harm": {"physical": "moderate"},
}
TOLD_IN_PERSON: dict[str, Any] = {
    "type": "relevant_person_notified",
    "at": "2014-01-07T11:00:00+00:00",
    "in_person": True,
    "by_role": "consultant",
    "elements": {
        "facts": True,
        "enquiries": True,
        "apology": True,
        "written_record": True,
        "support_offered": True,
        "written_notification_offered": True,
    },
}


def until(ask: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """Asks until the answer is true, and gives it; the last answer is told where it never was."""
    give_up = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < give_up, f"after {seconds} s still {answer!r}"
        time.sleep(0.05)


class Person:
    """Somebody of the safety team, who may do and see what these tests do."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, headers={"Authorization": "Bearer demo:safety"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def report(self, **changes: Any) -> str:
        """The case of the report."""
        answer = self.http.post("/api/reports", json={**MODERATE_HARM, **changes})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case_id"])

    def add(self, case_id: str, event: dict[str, Any]) -> str:
        """The id of the event."""
        answer = self.http.post(f"/api/cases/{case_id}/events", json=event)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["event_id"])

    def read(self, path: str, **query: str) -> dict[str, Any]:
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def settled(self, case_id: str) -> dict[str, Any]:
        """The case, when all that was accepted has been heard and answered."""
        path = f"/api/cases/{case_id}"
        return until(lambda: found if (found := self.read(path))["settled"] else {})

    def duty(self, case_id: str, duty: str) -> dict[str, Any]:
        """The one obligation of that duty, as it stands."""
        (found,) = [one for one in self.settled(case_id)["obligations"] if one["duty"] == duty]
        return dict(found)

    def obligations(self, case_id: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read("/api/obligations", case_id=case_id, **query)["obligations"]
        return found
