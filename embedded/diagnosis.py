"""Says why a part ended, from its exit status and the end of its log, and what to do about it."""

import re
import shutil
import signal
from pathlib import Path

_TAIL_BYTES = 40_000
LEAST_FREE_BYTES = 300_000_000
_NOTHING_FREE_BYTES = 4_000_000
_FULL = "the disk is full. Make room below {data} and start again; nothing that was accepted is lost"

_SIGNS: list[tuple[str, str]] = [
    (
        r"Address already in use|BindException|address already in use|error while attempting to bind"
        r"|Port \d+ .*in use|another .*listening on",
        "its port is in use by another program. Start again (inner parts take another port); for the page "
        "itself, choose another --port",
    ),
    (
        r"No space left on device|disk full|ENOSPC|Disk quota exceeded",
        _FULL,
    ),
    (
        r"OutOfMemoryError|[Cc]ould not (reserve|allocate) |Cannot allocate memory"
        r"|There is insufficient memory|could not map anonymous shared memory|MemoryError",
        "there is not enough memory (the whole stack needs about 1.6 GB free)",
    ),
    (
        r"UnsupportedClassVersionError|Unrecognized VM option|Could not create the Java Virtual Machine"
        r"|requires Java",
        "its Java does not fit. Unset CANDOUR_JAVA to use the bundled one",
    ),
    (
        r"ClassNotFoundException|NoClassDefFoundError|Could not find or load main class|zip END header"
        r"|Invalid or corrupt jarfile|ZipException",
        "its program files are damaged. Delete {cache} and start again (they are fetched anew)",
    ),
    (
        r"could not locate a valid checkpoint|invalid primary checkpoint|database files are incompatible"
        r"|is not a valid data directory|could not open file \"(global|base|pg_wal)|incorrect checksum"
        r"|invalid page|could not read file \"global|invalid data in file|pg_control|PANIC: "
        r"|CorruptRecordException|InconsistentClusterIdException|meta\.properties|KafkaStorageException"
        r"|Unable to parse PropertiesFile|No `?meta|invalid cluster\.id|bootstrap\.checkpoint"
        r"|Invalid version in|was never formatted|Error while (loading|reading) .*snapshot",
        "its data under {home} is damaged. Put a copy back, or start with another folder (--data)",
    ),
    (
        r"[Pp]ermission denied|AccessDeniedException|has wrong ownership|invalid permissions",
        "it may not read or write its files under {data}. Start as the user who made them, or choose "
        "another --data",
    ),
]


def why(part: str, exit_code: int | None, log: Path, since: int, data: Path, cache: Path) -> str:
    """One sentence: what was wrong, where, what to do. `since` is where this run begins in the log."""
    told = tail(log, since)
    reason = known(part, told, data, cache)
    if reason:
        return f"{part}: {reason}. Its log: {log}"
    if shutil.disk_usage(data).free < LEAST_FREE_BYTES:
        return f"{part}: the disk is full. Make room below {data} and start again. Its log: {log}"
    if exit_code is not None and -exit_code == signal.SIGKILL:
        return (
            f"{part}: it was killed. If nobody did that, the system had no memory left (the whole stack "
            f"needs about 1.6 GB). Its log: {log}"
        )
    last = last_words(told)
    return f"{part}: {ending(exit_code)}{f', saying: {last}' if last else ''}. Its log: {log}"


def known(part: str, told: str, data: Path, cache: Path) -> str:
    """What a part that said this met, and what to do; empty where nothing in it is known."""
    if shutil.disk_usage(data).free < _NOTHING_FREE_BYTES:  # whatever else it says came of that
        return _FULL.format(data=data)
    for pattern, meaning in _SIGNS:
        if re.search(pattern, told):
            return meaning.format(data=data, cache=cache, home=data / part)
    return ""


def ending(exit_code: int | None) -> str:
    """An exit status in words."""
    if exit_code is None:
        return "it does not answer"
    if exit_code < 0:
        try:
            return f"it was ended by {signal.Signals(-exit_code).name}"
        except ValueError:
            return f"it was ended by signal {-exit_code}"
    return f"it ended with status {exit_code}"


def tail(log: Path, since: int) -> str:
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(since, size - _TAIL_BYTES, 0))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def last_words(told: str) -> str:
    """The last line that says something, shortened; an exception's own line rather than its frames."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    spoken = [line for line in lines if not re.match(r"at |File \"|\^|\.\.\. \d+ more", line)]
    grave = [line for line in spoken if re.search(r"FATAL|PANIC|ERROR|Error\b|Exception\b", line)]
    return (grave or spoken or lines or [""])[-1][:300]
