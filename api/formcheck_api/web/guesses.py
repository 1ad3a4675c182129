"""Wrong tokens: after a few from one client, each further one costs it a wait."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from formcheck_api.web.problems import ProblemError, retry_after

FREE: Final = 20
LONGEST_S: Final = 900.0
FORGOTTEN_S: Final = 1800.0
MOST_CLIENTS: Final = 10_000


@dataclass(slots=True)
class _Client:
    failures: int = 0
    last_s: float = -math.inf
    free_s: float = -math.inf


class Guesses:
    """Counts wrong tokens by client; a client of IPv6 is its network of 64 bits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, _Client] = OrderedDict()

    def check(self, address: str) -> None:
        """Refuse to look at another token of a client that has to wait.

        Raises
        ------
        ProblemError
            Kind ``too_many_guesses``.
        """
        with self._lock:
            client = self._clients.get(_network(address))
            left_s = client.free_s - time.monotonic() if client is not None else 0.0
        if left_s > 0:
            raise ProblemError("too_many_guesses", headers=retry_after(left_s + 1))

    def failed(self, address: str) -> None:
        """Count a wrong token: the wait doubles each time."""
        now_s, name = time.monotonic(), _network(address)
        with self._lock:
            client = self._clients.setdefault(name, _Client())
            self._clients.move_to_end(name)
            if now_s - client.last_s > FORGOTTEN_S:
                client.failures = 0
            client.failures += 1
            client.last_s = now_s
            if client.failures >= FREE:
                client.free_s = now_s + min(LONGEST_S, 2.0 ** min(client.failures - FREE, 30))
            while len(self._clients) > MOST_CLIENTS:
                self._clients.popitem(last=False)


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
