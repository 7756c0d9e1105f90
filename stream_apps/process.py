"""What is around an app in its process: waiting for the parts it needs, logging, signals, the end."""

import logging
import sys
import time
from collections.abc import Sequence

import faust
import httpx
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from schemas.registry import RegistryCodec
from stream_apps.watchdog import Watchdog

TRY_AGAIN = 75  # sysexits' EX_TEMPFAIL

logger = logging.getLogger(__name__)


class Throttle(logging.Filter):
    """Lets a message through once in a while: in an outage clients repeat it tens of times a second."""

    def __init__(self, seconds: float = 10.0, names: tuple[str, ...] = ("aiokafka", "faust", "mode")) -> None:
        super().__init__()
        self._seconds = seconds
        self._names = names
        self._said: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in self._names:
            return True
        # By its place, not its text: the text may carry a time or a number.
        what = (record.name, record.lineno)
        now = time.monotonic()
        if now - self._said.get(what, -self._seconds) < self._seconds:
            return False
        self._said[what] = now
        return True


def set_up_logging() -> None:
    """To standard error, one line each; what is set up already is kept."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(Throttle())
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def wait_for_parts(kafka: str, registry: str, topics: Sequence[str], patience: float = 60.0) -> RegistryCodec:
    """The codec, once broker, topics and registry are there; else the process ends, to be started again."""
    set_up_logging()
    give_up = time.monotonic() + patience
    trouble = ""
    while time.monotonic() < give_up:
        found = _missing(kafka, topics)
        if not found:
            try:
                return RegistryCodec(registry)
            except httpx.HTTPError as error:
                found = f"the registry does not answer: {error!r}"
        if found != trouble:
            logger.warning("waiting: %s", found)
            trouble = found
        time.sleep(0.5)
    logger.error("gave up after %.0f s: %s", patience, trouble)
    raise SystemExit(TRY_AGAIN)


def _missing(kafka: str, topics: Sequence[str]) -> str:
    try:
        known = AdminClient({"bootstrap.servers": kafka, "log_level": 0}).list_topics(timeout=5).topics
    except KafkaException as error:
        return f"the broker does not answer: {error.args[0]}"
    absent = [topic for topic in topics if topic not in known]
    return f"no topic {', '.join(absent)}" if absent else ""


def serve_app(app: faust.App, watchdog: Watchdog) -> None:
    """Run until SIGTERM or SIGINT. A crash of the app ends the process with exit code 1."""
    worker = faust.Worker(
        app, quiet=True, redirect_stdouts=False, override_logging=False, loglevel="WARN", stdout=sys.stderr
    )
    worker.spinner = None
    watchdog.start()
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        if end.code:
            raise
    finally:
        watchdog.close()
