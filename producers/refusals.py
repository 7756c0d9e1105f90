"""What the door says when it does not take something: which field, what is wrong, how to mend it."""

from dataclasses import dataclass, field

KEY_USED = "Key used before"
"""The title of what refuses an Idempotency-Key under which another request was taken."""


@dataclass(frozen=True)
class Fault:
    """`pointer`: JSON pointer (RFC 6901) of the field, empty for the whole body."""

    pointer: str
    detail: str
    mend: str = ""

    def __str__(self) -> str:
        return " ".join(
            part for part in (self.pointer and f"{self.pointer}:", self.detail, self.mend) if part
        )


@dataclass(eq=False)
class Refused(Exception):
    """Nothing was written. `status` is the HTTP status that says the same."""

    status: int
    title: str
    faults: list[Fault] = field(default_factory=list)

    def __str__(self) -> str:
        return "; ".join([self.title, *map(str, self.faults)])


def wrong(pointer: str, detail: str, mend: str = "") -> Refused:
    """One field that cannot be taken as it is."""
    return Refused(422, "The request cannot be taken as it is", [Fault(pointer, detail, mend)])


def unknown_case(case_id: str) -> Refused:
    mend = "Check the case number; it was in the answer to the report."
    return Refused(404, "No such case", [Fault("", f"There is no case {case_id}.", mend)])


def unknown_report(report_id: str) -> Refused:
    mend = "Check the number; it is the report_id on the receipt."
    return Refused(404, "No such report", [Fault("", f"There is no report {report_id[:60]}.", mend)])


@dataclass(eq=False)
class NotReady(Exception):
    """The door cannot take anything just now; the same request may be sent again after some seconds."""

    reason: str
    retry_after_seconds: int = 5

    def __str__(self) -> str:
        return self.reason


def pointer(*parts: object) -> str:
    """`pointer("patients", 0, "name")` is `/patients/0/name`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
