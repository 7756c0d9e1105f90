"""The contact book as it is now: read again when its file changes. A change that is wrong changes nothing."""

import threading
from pathlib import Path

from sinks.notify.contacts import Book, ContactsRefused, load

Stamp = tuple[int, int, int] | None


class Contacts:
    """For many threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._stamp: object = object()
        self._good: Book | None = None
        self.problem: str | None = None
        """Why the file as it is cannot be used."""

    def now(self) -> Book:
        """The last one that could be used. Raises `ContactsRefused` where there never was one."""
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                try:
                    self._good, self.problem = load(self._file), None
                except ContactsRefused as refused:
                    self.problem = str(refused)
                self._stamp = stamp
            if self._good is None:
                raise ContactsRefused(self.problem)
            return self._good

    def _look(self) -> Stamp:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
