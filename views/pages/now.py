"""The time that the pages go by: the clock's, which with the manual clock is the latest tick."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from schemas.event_types import Instant

Clock = Callable[[], Instant]


async def now(request: Request) -> Instant:
    clock: Clock = request.app.state.now
    return await run_in_threadpool(clock)


Now = Annotated[Instant, Depends(now)]
