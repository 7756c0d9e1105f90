"""What every process answers about itself, asked as a probe and a graph would."""

import re
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"


def figures_of(url: str) -> set[str]:
    """The names under /metrics, once the other three addresses have answered."""
    assert httpx.get(f"{url}/livez").json() == {"live": True}
    ready = httpx.get(f"{url}/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True), ready.text
    assert re.match(r"\d+\.\d+", httpx.get(f"{url}/version").json()["version"])
    told = httpx.get(f"{url}/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    return set(re.findall(r"^(candour_\w+)", told.text, re.MULTILINE))


def figure(url: str, name: str, **labels: str) -> float:
    """The sum of all under this name with these labels, whatever others they have; nought where none is."""
    told = httpx.get(f"{url}/metrics").raise_for_status().text
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


def worth_a_graph() -> set[str]:
    """The figures that the runbook names."""
    section = RUNBOOK.read_text(encoding="utf-8").partition("\n## Health\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(candour_\w+)`", section))
    assert named, "the runbook names no figure"
    return named
