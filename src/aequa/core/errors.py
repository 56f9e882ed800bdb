"""The errors aequa raises; catch ``AequaError`` to catch them all.

::

    AequaError
    ├── InputError        a file cannot be used at all (missing, not a known format, cut off)
    │   └── FormatError   its content matches no format we read
    ├── RecordError       one record cannot be used (the rest of the file goes on)
    ├── SpecError         a parameter has a value outside its valid choices
    ├── AccountingError   read ≠ kept + merged + rejected: a bug in aequa, never in your data
    └── ModelError        the shipped weights are missing or damaged

Every message names the file, and where it applies the record, the field and what was expected.
"""

from __future__ import annotations


class AequaError(Exception):
    """Base of all errors that aequa raises on purpose; its message is one line for people."""


class InputError(AequaError):
    """A file cannot be used: it is missing, empty, unreadable or cut off."""


class FormatError(InputError):
    """The content of a file matches no format that aequa reads."""


class RecordError(AequaError):
    """One record cannot be used; the reader lists it among the rejects and goes on."""


class SpecError(AequaError):
    """A parameter is outside its valid choices."""


class AccountingError(AequaError):
    """The books do not balance: some record was neither kept, merged nor rejected."""


class ModelError(AequaError):
    """The shipped weights are missing or damaged."""
