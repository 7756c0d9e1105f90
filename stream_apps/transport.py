"""Between Faust and the engines: what needs no hearing is no event, and commits wait behind a barrier.

Nine records in ten are passed over by their first bytes. They are taken out of what was fetched before Faust
sees it, which costs many times more for each than the look. Faust counts one acknowledgement after the
other and takes a hole among them for done, so it is not asked how far the work is: the engine knows.

The order of a commit:

1. Of each partition the offset is taken up to which the engine has heard all and handed out all that follows.
2. Wait until every outcome produced so far is delivered. A failed delivery, a fatal error of the producer
   or a missed deadline ends the process here, uncommitted.
3. Commit the offsets of those partitions that are still ours.

Whatever is produced while step 2 waits belongs to later records, so it need not be waited for.
`tests/contract/test_faust_contract.py` fails when Faust calls in another order.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Protocol

import faust
from faust.transport.drivers import aiokafka
from faust.types import TP
from faust.types.tuples import Message
from mode.utils.futures import notify

from stream_apps import figures
from stream_apps.faults import point

Settled = Callable[[], Awaitable[None]]


class Hearing(Protocol):
    """What hears the records: `stream_apps.runner.Runner`."""

    def sift(self, partition: int, records: list[Any]) -> list[Any]: ...

    def heard(self, partition: int) -> int | None: ...


def behind_barrier(
    app: faust.App, settled: Settled, hearing: Hearing, gather: float = 0.0
) -> aiokafka.Transport:
    """A transport for the app whose consumer hands over what `hearing` needs, and commits after `settled`.

    `gather`: seconds between two looks at the log.
    """

    class Consumer(aiokafka.Consumer):
        async def _wait_next_records(self, timeout: float) -> Any:
            if gather:
                await self.sleep(gather)
            fetched, active = await super()._wait_next_records(timeout)
            needed = {at: hearing.sift(at.partition, records) for at, records in (fetched or {}).items()}
            return needed, active

        async def seek_to_committed(self) -> Mapping[TP, int]:
            """Also back to the beginning of a partition of which nothing was committed yet.

            While Faust has no active partitions, in a rebalance, a fetch that is under way hands out those of
            all of them, to nobody; aiokafka leaves a partition without a committed offset where that ended.
            """
            found = await super().seek_to_committed()
            if unread := {tp: 0 for tp, offset in found.items() if not offset}:
                await self.seek_wait(unread)
            return found

        async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
            """A hole is what was passed over. One that is not, the engine finds."""

        def ack(self, message: Message) -> bool:
            """That nothing is at hand when a rebalance begins; how far the work is, is not told by this."""
            if message.acked:
                return False
            message.acked = True
            self._unacked_messages.discard(message)
            notify(self._waiting_for_ack)
            return True

        def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
            return iter(self.assignment())

        def _new_offset(self, tp: TP) -> int | None:
            return hearing.heard(tp.partition)

        async def _commit_offsets(
            self, offsets: Mapping[TP, int], start_new_transaction: bool = True
        ) -> bool:
            point("after_produce")
            await settled()
            point("before_commit")
            done = await super()._commit_offsets(offsets, start_new_transaction)
            if done:
                figures.committed()
            point("after_commit")
            return done

    class Transport(aiokafka.Transport):
        pass

    Transport.Consumer = Consumer
    return Transport(app.conf.broker, app)
