"""The errors aequa raises; catch ``AequaError`` to catch them all.

::

    AequaError
    ├── InputError        a file cannot be used at all (missing, not a known format, cut off)
    │   └── FormatError   its content matches no format we read
    ├── RecordError       one record cannot be used (the rest of the file goes on)
    ├── FetchError        an API does not give what was asked, now or at all
    ├── BusyError         another run is at work in the same folder
    ├── SpecError         a parameter has a value outside its valid choices
    ├── AccountingError   read ≠ kept + merged + rejected: a bug in aequa, never in your data
    └── ModelError        the shipped weights are missing or damaged

Every message names the file, and where it applies the record, the field and what was expected.
"""

from __future__ import annotations

import re

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")

_LONGEST = 2000
"""Characters of a message: a name of a column may have millions."""


def one_line(text: str) -> str:
    r"""The text in one line, without what steers a terminal or turns the order of letters.

    >>> one_line("a\n b"), one_line("wells\x1b[31m.csv")
    ('a b', 'wells\ufffd[31m.csv')
    """
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} […]"
    if text.isprintable():
        return text
    return _UNSHOWN.sub("\ufffd", " ".join(text.split()))


class AequaError(Exception):
    """Base of all errors that aequa raises on purpose; its message is one line for people.

    Names of files and columns come into messages as they are, so what could steer a terminal is
    taken out here.
    """

    def __str__(self) -> str:
        return one_line(super().__str__())


class InputError(AequaError):
    """A file cannot be used: it is missing, empty, unreadable or cut off."""


class FormatError(InputError):
    """The content of a file matches no format that aequa reads."""


class RecordError(AequaError):
    """One record cannot be used; the reader lists it among the rejects and goes on."""


class FetchError(AequaError):
    """An API did not give what was asked; what came before is kept to go on from."""


class BusyError(AequaError):
    """Another run of aequa is at work in the folder."""


class SpecError(AequaError):
    """A parameter is outside its valid choices."""


class AccountingError(AequaError):
    """The books do not balance: some record was neither kept, merged nor rejected."""


class ModelError(AequaError):
    """The shipped weights are missing or damaged."""
