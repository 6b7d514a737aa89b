"""Who calls: a name for the journal, a role, and the groups whose sources the caller may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import HTTPConnection


class Role(StrEnum):
    """What a caller may do; each includes the one before it."""

    READER = "reader"
    CURATOR = "curator"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request. ``name`` says how it is known: ``local``, ``anonymous``, ``key:…`` or ``user:…``.
    ``groups`` is None for one who sees every source, as admins do: they say who may see what."""

    name: str
    role: Role
    groups: frozenset[str] | None = None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody knows who it is."""
        return self == ANONYMOUS


LOCAL = Caller("local", Role.ADMIN)
"""Whoever is at this machine, where the server listens on loopback and asks for no authentication."""

ANONYMOUS = Caller("anonymous", Role.READER, frozenset())
"""Whoever reaches a server that asks nobody who they are and can be reached from elsewhere: sources open to all."""


def known(name: str, role: Role, groups: frozenset[str]) -> Caller:
    """A caller who showed a key or came through the proxy."""
    return Caller(name, role, None if role is Role.ADMIN else groups)


def caller_of(connection: HTTPConnection) -> Caller:
    """The caller that authentication found; in routes and in mounted apps alike."""
    caller: Caller = connection.state.caller
    return caller
