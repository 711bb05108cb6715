"""Which hosts the commands of a repository may reach, and which addresses no name may lead to."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tasks_lib.errors import NotAllowed

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host; raises ``OSError`` for one that there is not."""


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Tell whether an address is one of the world's: not ours, our network's, or a cloud's metadata."""
    number = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(number, "ipv4_mapped", None)
    return (mapped or number).is_global and not number.is_multicast


@dataclass(frozen=True, slots=True)
class Allowed:
    """The hosts and ports of ``entries``: ``example.net:443``, ``*.example.org:443``.

    A star stands for one or more names before the rest, never for the rest alone.
    """

    entries: tuple[str, ...]
    resolve: Resolve = addresses_of
    public: Callable[[str], bool] = is_public

    def way(self, target: str) -> tuple[str, int]:
        """Return address and port for ``host:port``, resolved once and for all.

        Raise ``NotAllowed`` in words that tell why not: a host or port that is not listed, an address in
        place of a name, a name that leads to an address of ours.
        """
        host, _, port = target.lower().rpartition(":")
        if not self._listed(host.removesuffix("."), port):
            raise NotAllowed(f"{target} is not in this repository's network list")
        try:
            addresses = self.resolve(host, int(port))
        except OSError as error:
            raise NotAllowed(f"{host} has no address: {error}") from error
        # One that is not public spoils all: whoever answers so means no good.
        if not addresses or not all(map(self.public, addresses)):
            raise NotAllowed(f"{host} leads to an address that is not public")
        return addresses[0], int(port)

    def _listed(self, host: str, port: str) -> bool:
        return any(_matches(host, port, entry.lower()) for entry in self.entries)


def _matches(host: str, port: str, entry: str) -> bool:
    name, _, entry_port = entry.rpartition(":")
    if port != entry_port:
        return False
    return host.endswith(name[1:]) and len(host) >= len(name) if name.startswith("*.") else host == name
