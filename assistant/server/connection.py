"""Work for a client that may hang up: nothing is worked on for somebody who is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of work, which is cancelled where the client hangs up first. To be called when the body is read.

    Raises ClientDisconnect then, and whatever the work raises.
    """
    working = asyncio.ensure_future(work)
    # After the body, all that a server tells of is that the client is gone.
    leaving = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        working.cancel()
        leaving.cancel()
