"""From a report's POST to the message about its duty or its escalation on the live board, on one machine.

First reports as a country sends them, nine in ten below the threshold; then, as a strain, nothing but reports
that open a duty, and nothing but severe ones. The hands that post and the eye that watches work on the same
two cores: hence the plainest client there is.
"""

import http.client
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil

from tests.bench.figures import Figure, percentile
from tests.bench.progress import Show, Steps
from tests.bench.records import GRADES, GRAVITY
from tests.stack import Stack

A_SECOND = 50
HANDS = 8  # that post at the same time
PROVIDERS = ("RXX", "RYY", "RZC")  # NHS bodies, to which the threshold of moderate harm applies
WARDS = 500  # of each: as many reports from one ward would be a pattern of their own
WARM = 500  # reports that come first and are not counted
STRAIN = 1000  # reports of one harm alone
DUTY, ESCALATION = "obligation", "escalation"
"""How the type of a message about one begins."""
_OWED, _ESCALATED = ("moderate", "severe", "fatal"), ("severe", "fatal")
_PATIENCE = 60.0

Seen = dict[tuple[str, str], float]
"""When the first message of each kind about each case came, by the case and the kind."""


class Posted(NamedTuple):
    case_id: str
    harm: str
    sent: float
    answered: float


def measure(steps: Steps, *, quick: bool) -> list[Figure]:
    number, strain = (500, 200) if quick else (90 * A_SECOND, STRAIN)
    with tempfile.TemporaryDirectory(prefix="candour-bench-", ignore_cleanup_errors=True) as folder:
        stack = Stack(Path(folder), clock="system")
        with steps.step("board: starting the stack"):
            stack.start()
        try:
            with steps.step(f"board: {A_SECOND} reports a second", WARM + number) as show:
                _posted_and_seen(stack.url, mixed(WARM, seed=1), show)
                before = _efforts(stack)
                posted, seen = _posted_and_seen(stack.url, mixed(number, seed=2), lambda n: show(WARM + n))
                efforts = {name: used - before.get(name, 0) for name, used in _efforts(stack).items()}
            with steps.step(f"board: {A_SECOND} duties a second", strain) as show:
                moderate, owed = _posted_and_seen(stack.url, ["moderate"] * strain, show)
            with steps.step(f"board: {A_SECOND} severe reports a second", strain) as show:
                severe, raised = _posted_and_seen(stack.url, ["severe"] * strain, show)
        finally:
            stack.stop()
    posts = [(one.answered - one.sent) * 1000 for one in posted]
    answers, calls = _after_answer(posted, seen), _after_send(posted, seen)
    all_owed, all_severe = _after_answer(moderate, owed), _after_send(severe, raised)
    spans = len(posted) / (posted[-1].sent - posted[0].sent)
    return [
        Figure("post_to_board_p50_ms", percentile(answers, 50), at_most=30, beside=_of(answers, "the 201")),
        Figure("post_to_board_p99_ms", percentile(answers, 99), at_most=100, beside="from the 201"),
        Figure("post_p50_ms", percentile(posts, 50), beside="from the send to the 201"),
        Figure("post_p99_ms", percentile(posts, 99)),
        Figure("severe_to_escalation_p50_ms", percentile(calls, 50), beside=_of(calls, "the send")),
        Figure("severe_to_escalation_p99_ms", percentile(calls, 99), at_most=150, beside="from the send"),
        Figure("board_reports_per_s", spans, beside=f"wanted: {A_SECOND}"),
        Figure("board_cpu_ms_per_report", sum(efforts.values()) * 1000 / len(posted), beside=_parts(efforts)),
        Figure("all_owed_post_to_board_p50_ms", percentile(all_owed, 50), beside="each report opens a duty"),
        Figure("all_owed_post_to_board_p99_ms", percentile(all_owed, 99)),
        Figure("all_severe_to_escalation_p50_ms", percentile(all_severe, 50), beside="each report is severe"),
        Figure("all_severe_to_escalation_p99_ms", percentile(all_severe, 99)),
    ]


def mixed(number: int, seed: int) -> list[str]:
    """The harms of so many reports, in the shares of the records that the replay is measured on."""
    return list(random.Random(seed).choices(GRADES, GRAVITY, k=number))


def _after_answer(posted: Sequence[Posted], seen: Seen) -> list[float]:
    """For each report that opens a duty, the milliseconds from its 201 to the message of the duty."""
    return [(seen[one.case_id, DUTY] - one.answered) * 1000 for one in posted if one.harm in _OWED]


def _after_send(posted: Sequence[Posted], seen: Seen) -> list[float]:
    """For each severe report, the milliseconds from its POST to the message of its escalation."""
    return [(seen[one.case_id, ESCALATION] - one.sent) * 1000 for one in posted if one.harm in _ESCALATED]


def _of(waits: Sequence[float], since: str) -> str:
    return f"from {since}; {len(waits)} of the reports"


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


def _posted_and_seen(url: str, harms: Sequence[str], show: Show) -> tuple[list[Posted], Seen]:
    """Posts a report of each harm at its time, and waits until the board has told all that follows."""
    seen: Seen = {}
    ready = threading.Event()
    threading.Thread(target=_watch, args=(url, seen, ready), daemon=True).start()
    if not ready.wait(_PATIENCE):
        raise TimeoutError("the board's stream did not open")
    time.sleep(1)
    begin = time.perf_counter() + 0.5
    hand = threading.local()

    def post(n: int) -> Posted:
        if not hasattr(hand, "line"):
            hand.line = _line(url)
        return _post(hand.line, harms[n], n, begin + n / A_SECOND)

    with ThreadPoolExecutor(HANDS) as hands:
        posted = []
        for each in [hands.submit(post, n) for n in range(len(harms))]:
            posted.append(each.result())
            show(len(posted))
    wanted = {(one.case_id, DUTY) for one in posted if one.harm in _OWED}
    wanted |= {(one.case_id, ESCALATION) for one in posted if one.harm in _ESCALATED}
    give_up = time.monotonic() + _PATIENCE
    while missing := wanted - seen.keys():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{len(missing)} messages about {len(harms)} reports never came to the board")
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
    return Posted(json.loads(answer)["case_id"], harm, sent, answered)


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


def _watch(url: str, seen: Seen, ready: threading.Event) -> None:
    """When the first message about a duty and about an escalation of each case came; until the stack ends."""
    line = _line(url)
    line.request("GET", "/board/events", headers={"Authorization": "Bearer demo:safety"})
    stream = line.getresponse()
    if stream.status != http.client.OK:
        raise ValueError(f"{stream.status}: {stream.read().decode()}")
    ready.set()
    with suppress(OSError, http.client.HTTPException):
        for body in _messages(iter(stream.readline, b"")):
            kind = str(body.get("type", "")).partition("_")[0]
            seen.setdefault((str(body.get("case_id")), kind), time.perf_counter())


def _messages(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith(b"data:"):
            body = json.loads(line[5:])
            yield body if isinstance(body, dict) else {}
