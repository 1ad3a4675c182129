"""Connections: how many there may be, from anywhere and from one client, and how slow a header.

A connection that has not yet sent a whole header, or waits for the next one, gives way when there
are too many. So those who connect and say nothing cannot keep anybody out, not even a health check
from the same machine.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections import Counter
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from formcheck_api.settings import Settings

logger = logging.getLogger(__name__)

HEADER_S: Final = 10.0
HEADER_BYTES: Final = 16 * 1024
SPARE_FILES: Final = 256
MOST_FILES: Final = 65_536
FEWEST: Final = 16
TELL_EVERY_S: Final = 60.0


class Doors:
    """Who is connected, and who of them may be sent away.

    Parameters
    ----------
    most, each : int
        Connections in all, and of one client.
    proxies : set of str
        Clients that stand for many, for whom only the first limit holds.
    """

    def __init__(self, most: int, each: int, proxies: frozenset[str] = frozenset()) -> None:
        self._most = most
        self._each = each
        self._proxies = proxies
        self._open: dict[Connection, str] = {}
        self._of: Counter[str] = Counter()
        self._idle: dict[Connection, None] = {}
        self._told_s = -TELL_EVERY_S

    def enter(self, connection: Connection, client: str) -> bool:
        """Let a connection in, and a silent one out when there are too many; False when full."""
        crowded = len(self._open) >= self._most
        if crowded or (self._of[client] >= self._each and client not in self._proxies):
            self._tell(client)
            silent = (one for one in self._idle if crowded or self._open[one] == client)
            oldest = next(silent, None)
            if oldest is None:
                return False
            self.leave(oldest)
            oldest.transport.abort()
        self._open[connection] = client
        self._of[client] += 1
        self._idle[connection] = None
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection; nothing happens when it was never let in."""
        self._idle.pop(connection, None)
        client = self._open.pop(connection, None)
        if client is not None:
            self._of[client] -= 1
            if not self._of[client]:
                del self._of[client]

    def busy(self, connection: Connection) -> None:
        """Note that a connection has sent a whole header."""
        self._idle.pop(connection, None)

    def idle(self, connection: Connection) -> None:
        """Note that a connection waits for a header."""
        if connection in self._open:
            self._idle[connection] = None

    def _tell(self, client: str) -> None:
        if time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._told_s = time.monotonic()
            logger.warning("too many connections, the latest from %s", client)


class Connection(H11Protocol):
    """One connection: its header must come in time, and the doors must let it in."""

    def __init__(self, config: uvicorn.Config, *rest: Any, **more: Any) -> None:  # noqa: ANN401
        super().__init__(config, *rest, **more)
        assert isinstance(config, Config)
        self._doors = config.doors
        self._header_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in or not."""
        super().connection_made(transport)
        if self._doors.enter(self, self.client[0] if self.client else ""):
            self._wait_for_header()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._header_came()
        self._doors.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_header()
        else:
            self._header_came()
            self._doors.busy(self)

    def on_response_complete(self) -> None:
        """Wait for the next request, or go on with one that came already."""
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE:
            self._doors.idle(self)

    def _wait_for_header(self) -> None:
        if self._header_due is None:
            self._header_due = self.loop.call_later(HEADER_S, self.transport.abort)

    def _header_came(self) -> None:
        if self._header_due is not None:
            self._header_due.cancel()
            self._header_due = None


class Config(uvicorn.Config):
    """How the service answers; `doors` are shared by all its connections."""

    def __init__(self, app: Any, settings: Settings, grace_s: int) -> None:  # noqa: ANN401
        proxies = [part.strip() for part in settings.trusted_proxies.split(",") if part.strip()]
        super().__init__(
            app,
            http=Connection,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies,
            h11_max_incomplete_event_size=HEADER_BYTES,
            timeout_graceful_shutdown=grace_s,
        )
        most = max(FEWEST, min(settings.max_connections, allow_files() - SPARE_FILES))
        self.doors = Doors(most, settings.max_client_connections, frozenset(proxies))


def allow_files() -> int:
    """Let this process open as many files as the system allows; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MOST_FILES if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
