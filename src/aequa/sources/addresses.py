"""Which address belongs to which author: the rule shared by the text formats.

An address that names its authors goes to them (full name, short name, else family name and
initial); one that names nobody goes to every author. An owner who is not among the authors is
added, so that no printed address is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aequa.core.works import Affiliation, Authorship
from aequa.sources import fields

_EMAIL = re.compile(
    r"[,;]?\s*(?:Electronic address:|E-?mail:)?\s*[\w.+'-]{1,80}@[\w-]{1,80}\.[\w.-]+", re.I
)
_NOT_LETTERS = re.compile(r"[^\w,]+")


MOST_SHARED = 1_000_000
"""Authors times addresses that belong to all of them. Further ones go to one author without a
name: three thousand authors of one experiment share two hundred, a hostile file a billion."""


class Address(NamedTuple):
    """An address as printed and the authors printed with it; without owners it is everybody's."""

    text: str
    owners: tuple[str, ...] = ()


def address_text(raw: object) -> str | None:
    """An address without e-mail addresses and its last full stop, or None if nothing is left.

    >>> address_text("Univ Oslo, Oslo, Norway. Electronic address: a@uio.no.")
    'Univ Oslo, Oslo, Norway'
    """
    value = fields.text(raw)
    if value is None:
        return None
    if "@" in value:
        value = _EMAIL.sub("", value)
    return value.strip(" .;,") or None


def authorships(
    names: Sequence[str], addresses: Iterable[Address], short: Sequence[str] = ()
) -> tuple[Authorship, ...]:
    """Authors in order, each with their addresses; ``short`` holds other forms of ``names``.

    >>> authorships(["Doe, Ann", "Roe, Bo"], [Address("MIT, USA", ("Roe, B",))])[1].affiliations
    (Affiliation(name='MIT, USA', country=None, sector=None),)
    """
    people = _People(names, short)
    for address in addresses:
        where = address_text(address.text)
        if where is not None:
            people.place(Affiliation(name=where), address.owners)
    return people.authorships()


class _People:
    """The authors of one work while their addresses are handed out."""

    def __init__(self, names: Sequence[str], short: Sequence[str]) -> None:
        self._names = list(names)
        self._short = short[: len(names)]
        self._places: list[dict[Affiliation, None]] = [{} for _ in names]
        self._exact = {name: position for position, name in enumerate(names)}
        self._loose: dict[str, int] = {}
        self._shared = 0

    def place(self, affiliation: Affiliation, owners: tuple[str, ...]) -> None:
        if not owners and not self._names:
            owners = ("",)
        if not owners:
            self._shared += len(self._names)
            if self._shared > MOST_SHARED:
                owners = ("",)
        everybody = range(len(self._names))
        for position in [self._position(owner) for owner in owners] or everybody:
            self._places[position][affiliation] = None

    def authorships(self) -> tuple[Authorship, ...]:
        return tuple(
            Authorship(name=name or None, affiliations=tuple(places))
            for name, places in zip(self._names, self._places, strict=True)
        )

    def _position(self, owner: str) -> int:
        position = self._exact.get(owner)
        if position is None:
            position = self._similar(owner)
        if position is None:
            position = len(self._names)
            self._names.append(owner)
            self._places.append({})
        self._exact[owner] = position
        return position

    def _similar(self, owner: str) -> int | None:
        if not self._loose:
            for name, position in [
                *self._exact.items(),
                *zip(self._short, range(len(self._names)), strict=False),
            ]:
                self._loose.setdefault(_key(name), position)
            for name, position in self._exact.items():
                self._loose.setdefault(initial_form(name), position)
        found = self._loose.get(_key(owner))
        return self._loose.get(initial_form(owner)) if found is None else found


def _key(name: str) -> str:
    return _NOT_LETTERS.sub("", name).casefold()


def initial_form(name: str) -> str:
    """Family name and first initial, to compare printed forms of one name.

    >>> initial_form("Figueira, Jose Rui") == initial_form("FIGUEIRA, JR")
    True
    """
    family, comma, given = _key(name).partition(",")
    return f"{family},{given[:1]}" if comma else family
