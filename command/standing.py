"""What stands and waits for a person, for `candour doctor`: the clock's notes, alarms, what was set aside."""

from collections.abc import Iterator, Sequence

import psycopg
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from command.contacts import Line
from command.dead_letters import lines as letters_in_words
from command.stack import Stack
from schemas.topics import DEAD_LETTERS
from sinks.alarms import TIME_STOOD_STILL
from sinks.judging import CLOCK_WAITS, GAP_SHOWN_MS
from stream_apps.dead_letters import listed

MOST_NAMED = 5
_CLOCK = """
    SELECT stops, detail || ', at ' || to_char(to_timestamp(at / 1000), 'YYYY-MM-DD HH24:MI:SS TZ')
    FROM door.clock_notes
    WHERE CASE WHEN stops THEN cleared_at IS NULL
               ELSE at > extract(epoch FROM now()) * 1000 - %s END
    ORDER BY id
"""
# The clock's own alarms are told from its notes, which are there while the watchdog is not.
_ALARMS = "SELECT text FROM read.alarms WHERE cleared_at IS NULL AND kind <> ALL(%s) ORDER BY raised_at, text"
_SET_ASIDE = (
    "SELECT case_id || ' (' || rule || ', ' || error || ')' FROM read.quarantines ORDER BY recorded_at"
)


def look(stack: Stack) -> Iterator[Line]:
    """Says of each whether there is any."""
    yield from _in_database(stack)
    yield from _dead_letters(stack)


def _in_database(stack: Stack) -> Iterator[Line]:
    """Nothing where PostgreSQL does not answer or has no tables: that has a line of its own."""
    try:
        with psycopg.connect(stack.database, connect_timeout=5) as connection:
            yield from _clock(connection.execute(_CLOCK, (GAP_SHOWN_MS,)).fetchall())
            alarms = connection.execute(_ALARMS, ([CLOCK_WAITS, TIME_STOOD_STILL],)).fetchall()
            yield from _each(
                "alarm", [text for (text,) in alarms], "do what it says; docs/runbook.md, Alarms"
            )
            aside = [told for (told,) in connection.execute(_SET_ASIDE)]
            yield _counted("set aside", aside, "docs/runbook.md, A quarantined case")
    except psycopg.Error:
        return


def _clock(notes: Sequence[tuple[bool, str]]) -> Iterator[Line]:
    for stops, told in notes:
        mend = "compare the machine's clock with one you trust, then `candour clock clear`" if stops else None
        yield "clock", f"waits for a person: {told}" if stops else told, mend
    if not notes:
        yield "clock", "has nothing to tell", None


def _each(about: str, told: Sequence[str], mend: str) -> Iterator[Line]:
    for text in told:
        yield about, text, mend
    if not told:
        yield about, "none stands", None


def _counted(about: str, found: Sequence[str], mend: str) -> Line:
    if not found:
        return about, "nothing", None
    further = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return about, f"{len(found)}: {', '.join(found[:MOST_NAMED])}{further}", mend


def _dead_letters(stack: Stack) -> Iterator[Line]:
    try:
        # A reader would wait for long before it says that nobody is there.
        AdminClient({"bootstrap.servers": stack.kafka, "log_level": 0}).list_topics(DEAD_LETTERS, timeout=5)
        waiting = [one for one in listed(stack.kafka) if one.replayed_as is None]
    except (KafkaException, TimeoutError) as error:
        told = " ".join(str(error).split())
        yield "dead letters", f"cannot be read ({told})", "see Kafka above, or KAFKA_BOOTSTRAP"
        return
    yield _counted("dead letters", list(letters_in_words(waiting)), "docs/runbook.md, Dead letters")
