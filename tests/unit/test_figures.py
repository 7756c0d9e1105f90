"""What an engine shows of itself: above all, that what is not known is not shown as nought."""

import math
import time

import pytest

from stream_apps import figures


def shown() -> float:
    (metric,) = figures.LAG.collect()
    (sample,) = metric.samples
    value: float = sample.value
    return value


def test_the_lag_is_no_number_before_a_tick_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_ticks", {})
    assert math.isnan(shown())
    figures.tick(3, round((time.time() - 60) * 1000))
    figures.tick(4, round(time.time() * 1000))
    assert shown() == pytest.approx(60, abs=5)
    for partition in (3, 4):
        figures.QUARANTINED.labels(partition).set(0)
        figures.forget(partition)
    assert math.isnan(shown())
