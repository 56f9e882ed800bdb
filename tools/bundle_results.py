"""Make ``src/aequa/data/panel_results``: run after any change of the panel or of the engines.

python tools/bundle_results.py
"""

from __future__ import annotations

from aequa import bundled, dividing, linking
from aequa.core.results import Table, write_parquet
from aequa.progress import telling


def made() -> list[Table]:
    """The tables of the bundled panel, as ``aequa interlink`` and ``aequa divide`` make them."""
    with telling(quiet=False) as tell:
        linked, divided = linking.interlink([], tell), dividing.divide([], tell)
    return [*linking.for_report(linked), *dividing.for_report(divided)]


if __name__ == "__main__":
    bundled.folder().mkdir(exist_ok=True)
    for table in made():
        write_parquet(table, bundled.folder() / f"{table.name}.parquet")
        print(f"{table.name}: {table.data.num_rows} rows")
