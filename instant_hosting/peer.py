"""Whose program is at the other end of a connection on this machine: loopback is open to all users of it.

Linux tells it of each socket. Where the system does not tell it, nobody is refused.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# https://man7.org/linux/man-pages/man5/proc_pid_net.5.html; a program may reach 127.0.0.1 by a socket of IPv6 too
_TABLES = Path("/proc/net/tcp"), Path("/proc/net/tcp6")
_ESTABLISHED = "01"
_ROOT = 0  # it may read this program's memory, and it is what forwards to a Linux within Windows
_TRIES = 3  # a table is no picture of one moment

Address = tuple[str, int]


class _Socket(NamedTuple):
    """A connected socket: from where to where, as the tables write it, and the number of its user."""

    local: str
    remote: str
    user: int


def is_of_another(peer: Address, here: Address, user: int | None) -> bool:
    """Whether the connection from `peer` to `here` is known to be another user's than `user`'s."""
    if user is None:
        return False
    from_peer, to_peer = (_written(*peer), _written(*here)), (_written(*here), _written(*peer))
    for _ in range(_TRIES):
        users = {one[:2]: one.user for one in _sockets(_TABLES, peer[1])}
        if to_peer not in users:
            return False  # the tables tell nothing, not even of our own end
        if from_peer in users:
            return users[from_peer] not in (user, _ROOT)
    return True  # it has gone, or is in the way of being told


def _written(host: str, port: int) -> str:
    """An address as the tables have it."""
    number = int.from_bytes(socket.inet_aton(host), sys.byteorder)
    return f"{number:08X}:{port:04X}"


def _sockets(tables: Iterable[Path], port: int) -> Iterator[_Socket]:
    """The connected sockets from and to a port, of IPv4 and of IPv6, which may be connected to an address of IPv4."""
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in [line for line in lines if f":{port:04X} " in line]:
            _, local, remote, state, _, _, _, user, *_ = line.split()
            if state == _ESTABLISHED:
                yield _Socket(_short(local), _short(remote), int(user))


def _short(address: str) -> str:
    """The last four bytes of the address, and the port."""
    host, _, port = address.partition(":")
    return f"{host[-8:]}:{port}"
