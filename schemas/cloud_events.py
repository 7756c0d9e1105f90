"""CloudEvents 1.0 attributes as Kafka headers (binary content mode), for consumers outside this system.

The attributes repeat what the record says; our own readers never need them.
"""

from datetime import UTC, datetime, timedelta

CONTENT_TYPE = b"application/avro"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Headers = list[tuple[str, bytes]]


def headers(
    record_type: str,
    id: str,
    source: str,
    time_ms: int,
    subject: str | None = None,
    **extensions: str,
) -> Headers:
    """The headers of one record.

    `record_type`: full name of its Avro type. `source`: URI reference of who says it. `time_ms`:
    milliseconds since the epoch, when it was recorded. `extensions`: further attributes, as the
    specification names them: lower-case letters and digits.
    """
    attributes: Headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", record_type.encode()),
        ("ce_time", rfc3339(time_ms).encode()),
        ("content-type", CONTENT_TYPE),
    ]
    if subject is not None:
        attributes.append(("ce_subject", subject.encode()))
    for name, value in extensions.items():
        attributes.append((f"ce_{name}", value.encode()))
    return attributes


def rfc3339(time_ms: int) -> str:
    """`2014-01-08T23:59:59.000Z`; also right for times before 1970."""
    return f"{_EPOCH + timedelta(milliseconds=time_ms):%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"
