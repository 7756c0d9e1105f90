"""What is said to the person who is to act: role, next step, times, where to take it on.

Words of the policy and times only: nothing about the patient, nothing that anybody wrote.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from textwrap import wrap
from typing import Any

import msgspec

from rules.london import at, in_words, instant
from schemas.cloud_events import rfc3339
from schemas.event_types import Instant
from sinks.notify.standing import Standing


def body(delivery: str, one: Standing, planned_at: Instant, address: str) -> str:
    """The message as JSON: byte for byte what a webhook gets, at each attempt. `address`: of these pages."""
    return msgspec.json.encode(
        {
            "type": "escalation",
            "version": 1,
            "delivery": delivery,
            "escalation_id": one.id,
            "trigger": one.trigger,
            "provider": one.provider,
            "level": one.level,
            "owner_role": one.owner_role,
            "next_step": one.next_step,
            "raised_at": rfc3339(one.raised_at),
            "acknowledge_by": rfc3339(one.acknowledge_by),
            "act_by": rfc3339(one.act_by),
            "planned_at": rfc3339(planned_at),
            "acknowledge_at": f"{address.rstrip('/')}/escalations/{one.id}",
        }
    ).decode()


def email(body: str, sender: str, to: str) -> EmailMessage:
    """The same message, every time with the same Message-ID, so that a mailbox can tell a repeat."""
    said: dict[str, Any] = msgspec.json.decode(body)
    whose = f" of {said['provider']}" if said["provider"] else ""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, to
    by = at(_moment(said["acknowledge_by"]))
    mail["Subject"] = f"Take this on by {by:%H:%M}: escalation to the {said['owner_role']}{whose}"
    mail["Date"] = formatdate(_moment(said["planned_at"]) / 1000)
    mail["Message-ID"] = f"<{said['delivery']}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Importance"] = "high"
    told = _TEXT.format(
        role=said["owner_role"],
        whose=whose,
        level=said["level"],
        next_step="\n".join(wrap(said["next_step"], 72, initial_indent="  ", subsequent_indent="  ")),
        raised=in_words(_moment(said["raised_at"])),
        acknowledge_by=in_words(_moment(said["acknowledge_by"])),
        act_by=in_words(_moment(said["act_by"])),
        address=said["acknowledge_at"],
        reference=said["escalation_id"],
    )
    mail.set_content(told, cte="quoted-printable")
    return mail


def _moment(text: str) -> Instant:
    return instant(datetime.fromisoformat(text))


_TEXT = """\
An escalation waits for you, as the {role}{whose}.
It was raised on {raised} and is at level {level}.

Next step
{next_step}

Take it on by   {acknowledge_by}
Act by          {act_by}

Take it on here:
  {address}

Reading this takes nothing on. If nobody takes it on in time, it goes to
the next level. It is closed by an act, not by a message.

For privacy, nothing about the patient is written here. If this reference
reaches you by another way too, it is the same escalation:
  {reference}
"""
