"""From a report's POST to the message about its duty or its escalation on the live board, on one machine.

The hands that post and the eye that watches work on the same two cores: hence the plainest client there is.
"""

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil

from tests.bench.figures import Figure, percentile
from tests.bench.progress import Show, Steps
from tests.stack import Stack

A_SECOND = 50
HANDS = 8  # that post at the same time
PROVIDERS = ("RXX", "RYY", "RZC")  # NHS bodies, to which the threshold of moderate harm applies
WARDS = 100  # of each: as many reports from one ward would be a pattern of their own
WARM = 100  # reports that come first and are not counted
_PATIENCE = 60.0


class Kind(NamedTuple):
    """Reports of this harm, and how the type of the message begins that is waited for."""

    harm: str
    news: str


DUTY, ESCALATION = Kind("moderate", "obligation"), Kind("severe", "escalation")


class Posted(NamedTuple):
    case_id: str
    sent: float
    answered: float


def measure(steps: Steps, *, quick: bool) -> list[Figure]:
    number = 200 if quick else 25 * A_SECOND
    with tempfile.TemporaryDirectory(prefix="candour-bench-", ignore_cleanup_errors=True) as folder:
        stack = Stack(Path(folder), clock="system")
        with steps.step("board: starting the stack"):
            stack.start()
        try:
            with steps.step(f"board: {A_SECOND} reports a second", WARM + number) as show:
                before = _efforts(stack)
                posted, seen = _posted_and_seen(stack.url, DUTY, WARM + number, show)
                efforts = {name: used - before.get(name, 0) for name, used in _efforts(stack).items()}
            with steps.step(f"board: {A_SECOND} severe reports a second", WARM + number) as show:
                severe, raised = _posted_and_seen(stack.url, ESCALATION, WARM + number, show)
        finally:
            stack.stop()
    counted = posted[WARM:]
    answers = [(seen[one.case_id] - one.answered) * 1000 for one in counted]
    sends = [(seen[one.case_id] - one.sent) * 1000 for one in counted]
    posts = [(one.answered - one.sent) * 1000 for one in counted]
    calls = [(raised[one.case_id] - one.sent) * 1000 for one in severe[WARM:]]
    spans = len(counted) / (counted[-1].sent - counted[0].sent)
    return [
        Figure("post_to_board_p50_ms", percentile(answers, 50), at_most=30, beside="from the 201"),
        Figure("post_to_board_p99_ms", percentile(answers, 99), at_most=100, beside="from the 201"),
        Figure("send_to_board_p50_ms", percentile(sends, 50), beside="from the send"),
        Figure("send_to_board_p99_ms", percentile(sends, 99), beside="from the send"),
        Figure("post_p50_ms", percentile(posts, 50), beside="from the send to the 201"),
        Figure("post_p99_ms", percentile(posts, 99)),
        Figure("severe_to_escalation_p50_ms", percentile(calls, 50), beside="from the send"),
        Figure("severe_to_escalation_p99_ms", percentile(calls, 99), at_most=150, beside="from the send"),
        Figure("board_reports_per_s", spans, beside=f"wanted: {A_SECOND}"),
        Figure("board_cpu_ms_per_report", sum(efforts.values()) * 1000 / len(posted), beside=_parts(efforts)),
    ]


def _efforts(stack: Stack) -> dict[str, float]:
    """CPU seconds so far, of each part with all its processes, and of this one, which posts and listens."""
    found = {"bench": sum(psutil.Process().cpu_times()[:2])}
    for name, pid in stack.pids().items():
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        found[name] = sum(sum(process.cpu_times()[:2]) for process in family)
    return found


def _parts(efforts: dict[str, float]) -> str:
    whole = sum(efforts.values())
    ordered = sorted(efforts.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {used / whole:.0%}" for name, used in ordered if used / whole >= 0.01)


def _posted_and_seen(url: str, kind: Kind, number: int, show: Show) -> tuple[list[Posted], dict[str, float]]:
    seen: dict[str, float] = {}
    ready = threading.Event()
    threading.Thread(target=_watch, args=(url, kind.news, seen, ready), daemon=True).start()
    if not ready.wait(_PATIENCE):
        raise TimeoutError("the board's stream did not open")
    time.sleep(1)
    begin = time.perf_counter() + 0.5
    hand = threading.local()

    def post(n: int) -> Posted:
        if not hasattr(hand, "line"):
            hand.line = _line(url)
        return _post(hand.line, kind.harm, n, begin + n / A_SECOND)

    with ThreadPoolExecutor(HANDS) as hands:
        wanted = [hands.submit(post, n) for n in range(number)]
        posted = []
        for each in wanted:
            posted.append(each.result())
            show(len(posted))
    give_up = time.monotonic() + _PATIENCE
    while missing := [one for one in posted if one.case_id not in seen]:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{len(missing)} of {number} reports never came to the board")
        time.sleep(0.05)
    return posted, seen


def _line(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE)


def _post(line: http.client.HTTPConnection, harm: str, number: int, at: float) -> Posted:
    body = json.dumps(_report(harm, number))
    time.sleep(max(0.0, at - time.perf_counter()))
    sent = time.perf_counter()
    line.request("POST", "/api/reports", body, {"Content-Type": "application/json"})
    response = line.getresponse()
    answer = response.read()
    answered = time.perf_counter()
    if response.status != http.client.CREATED:
        raise ValueError(f"{response.status}: {answer.decode()}")
    return Posted(json.loads(answer)["case_id"], sent, answered)


def _report(harm: str, number: int) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    ward, provider = divmod(number, len(PROVIDERS))
    return {
        "kind": "incident",
        "what_happened": "The wrong strength was given, and the patient went to high dependency.",
        "provider": PROVIDERS[provider],
        "ward": f"Ward {ward % WARDS}",
        "reported_at": now,
        "harm": {"physical": harm},
        "patients": [{"name": "Ada Example", "date_of_birth": "1957-04-22"}],
        "reporter": {"role": "nurse"},
    }


def _watch(url: str, news: str, seen: dict[str, float], ready: threading.Event) -> None:
    """When the first message of this kind about each case came; until the stack ends."""
    line = _line(url)
    line.request("GET", "/board/events", headers={"Authorization": "Bearer demo:safety"})
    stream = line.getresponse()
    if stream.status != http.client.OK:
        raise ValueError(f"{stream.status}: {stream.read().decode()}")
    ready.set()
    with suppress(OSError, http.client.HTTPException):
        for body in _messages(iter(stream.readline, b"")):
            if str(body.get("type", "")).startswith(news):
                seen.setdefault(str(body.get("case_id")), time.perf_counter())


def _messages(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith(b"data:"):
            body = json.loads(line[5:])
            yield body if isinstance(body, dict) else {}
