"""The commit barrier: no source offset is committed before what was said about it is on the outcome logs.

The order of a commit, in `Consumer._commit_offsets`:

1. Faust has chosen the offsets: of each partition the longest run of records that are done.
2. Wait until every outcome produced so far is delivered. A failed delivery, a fatal error of the producer
   or a missed deadline ends the process here, uncommitted.
3. Commit the offsets of those partitions that are still ours.

Whatever is produced while step 2 waits belongs to later records, so it need not be waited for.
`tests/contract/test_faust_contract.py` fails when Faust calls in another order.
"""

from collections.abc import Awaitable, Callable, Mapping

import faust
from faust.transport.drivers import aiokafka
from faust.types import TP

from stream_apps import figures
from stream_apps.faults import point

Settled = Callable[[], Awaitable[None]]


def behind_barrier(app: faust.App, settled: Settled) -> aiokafka.Transport:
    """A transport for the app whose consumer commits only after `settled`."""

    class Consumer(aiokafka.Consumer):
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
