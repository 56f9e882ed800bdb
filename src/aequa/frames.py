"""Tables of Arrow as the frames that people work with: pandas and Polars, if they are there."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from aequa.core.errors import AccountingError, AequaError
from aequa.core.results import Table

if TYPE_CHECKING:
    import pandas
    import polars

_OURS = {"language": "text_language"}
"""Labels that go by another name beside works, which have a column of their name."""


class Rows:
    """Whatever can be had as a table of Arrow, and so as a frame of pandas or Polars."""

    def to_arrow(self) -> pa.Table:
        """All rows as a table of Arrow."""
        raise NotImplementedError

    def to_pandas(self) -> pandas.DataFrame:
        """All rows as a frame of pandas; integers and truth values can be missing (``pd.NA``).

        Raises:
            AequaError: pandas is not installed.
        """
        module = _module("pandas")
        kinds = {
            pa.int8(): module.Int8Dtype(),
            pa.int16(): module.Int16Dtype(),
            pa.int32(): module.Int32Dtype(),
            pa.int64(): module.Int64Dtype(),
            pa.bool_(): module.BooleanDtype(),
        }
        frame: pandas.DataFrame = self.to_arrow().to_pandas(types_mapper=kinds.get)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """All rows as a frame of Polars.

        Raises:
            AequaError: Polars is not installed.
        """
        frame: polars.DataFrame = _module("polars").from_arrow(self.to_arrow())
        return frame


@dataclass(frozen=True, repr=False, eq=False)
class Frame(Rows):
    """Rows in memory.

    >>> Frame(pa.table({"goal": [3, 13]}))
    Frame(2 rows: goal)
    """

    data: pa.Table

    def to_arrow(self) -> pa.Table:
        """The rows as a table of Arrow."""
        return self.data

    def __len__(self) -> int:
        return int(self.data.num_rows)

    def __repr__(self) -> str:
        return f"Frame({len(self):,} rows: {', '.join(self.data.column_names)})"


@dataclass(frozen=True, repr=False, eq=False)
class EvidenceTable(Table, Rows):
    """A table of the evidence: ``name``, ``title``, ``note``, ``provenance`` and its rows."""

    def to_arrow(self) -> pa.Table:
        """The rows as a table of Arrow."""
        return self.data

    def __len__(self) -> int:
        return int(self.data.num_rows)

    def __repr__(self) -> str:
        return f"EvidenceTable({self.name}, {len(self):,} rows: {self.title})"


def joined(works: pa.Table, labels: pa.Table) -> pa.Table:
    """Works with their labels beside them, in order, without works that have none.

    Raises:
        AccountingError: the labels are not of these works, or not in their order.

    >>> works = pa.table({"id": ["a", "b"], "language": ["de", None]})
    >>> joined(works, pa.table({"id": ["b"], "language": ["en"]})).to_pylist()
    [{'id': 'b', 'language': None, 'text_language': 'en'}]
    """
    if labels.num_rows < works.num_rows:
        works = works.filter(pc.is_in(works["id"], labels["id"]))
    if not works["id"].equals(labels["id"]):
        raise AccountingError("the labels are not those of the works, in their order")
    for name in labels.column_names[1:]:
        works = works.append_column(_OURS.get(name, name), labels[name])
    return works


def _module(name: str) -> Any:
    """A package that aequa does without.

    >>> _module("no_such_package")
    Traceback (most recent call last):
    aequa.core.errors.AequaError: no_such_package is not installed: pip install no_such_package
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise AequaError(f"{name} is not installed: pip install {name}") from error
