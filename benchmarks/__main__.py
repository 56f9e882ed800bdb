"""``python -m benchmarks [NAME…]``: run the cases, print a table, write benchmarks/RESULTS.md.

With names only those cases are run and printed; ``labels`` alone writes its part of the page anew,
and so does ``scaling`` (its options: ``python -m benchmarks scaling --help``).
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks import labels, scaling
from benchmarks.measure import Measured, measure
from benchmarks.page import RESULTS, put

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
VENUES = str(DATA / "works" / "venues.openalex.jsonl.gz")
WOS = str(DATA / "works" / "wos-10000.txt.gz")
FORMATS = DATA / "formats"


class Case(NamedTuple):
    """One line of the table: a load of aequa's, what must hold, and the alternative."""

    name: str
    load: tuple[str, ...]
    target: str
    against: tuple[str, ...] = ()


def formats(file: str) -> str:
    return str(FORMATS / file)


RIS = formats("ris/_baseline.ris")
BIBTEX = (("scopus-263.bib.gz", 263), ("scopus-933.bib.gz", 933), ("wos-236.bib.gz", 236))


def bibtex(file: str, entries: int) -> Case:
    target = f"{entries} of {entries}, ≥ 3,000/s"
    return Case(f"read {file}", ("read", formats(file)), target, ("bibtexparser", formats(file)))


CASES = (
    Case("read WoS text", ("read", WOS), "10,000; 9,500 UT; 41 HC; ≥ 5,000/s", ("wosfile", WOS)),
    *(bibtex(*file) for file in BIBTEX),
    Case("read RIS", ("read", RIS), "", ("rispy", RIS)),
    Case("classify 5,000", ("classify", VENUES, "5000"), "", ("sklearn_linear", VENUES, "5000")),
    Case("ingest 94,344", ("ingest", VENUES), "< 30 s, < 500 MB", ("duckdb_json", VENUES)),
    Case("ingest 94,344", ("ingest", VENUES), "< 30 s, < 500 MB", ("dict_loader", VENUES)),
    Case("report 94,344", ("report", VENUES), "< 300 s, < 1,500 MB"),
    Case("report on the sample", ("report",), "< 60 s"),
)

HEAD = (
    "| case | result | seconds | records/s | peak MB | target "
    "| against | seconds | ratio | peak MB | result |"
)


ABOUT = """# Benchmarks

`make bench` wrote this: every load alone in a fresh process on {machine}. Seconds are those of
the work itself, without start-up; peak memory is that of the whole process tree; the ratio is the
alternative's seconds over ours (above 1 we are faster). `benchmarks/loads.py` says what each load
does: the other readers make their own records and nothing else; `duckdb_json` and `dict_loader` do
not merge, resolve countries or compute percentiles, which `ingest` does.

"""


def facts(measured: Measured) -> str:
    skip = {"seconds", "records"}
    rest = ", ".join(
        f"{key} {value:,}" for key, value in measured.result.items() if key not in skip
    )
    return f"{measured.result['records']:,} records" + (f" ({rest})" if rest else "")


def row(case: Case, own: Measured) -> str:
    seconds = own.result["seconds"]
    cells = [case.name, facts(own), f"{seconds:.2f}", f"{own.result['records'] / seconds:,.0f}"]
    cells += [f"{own.peak_mb:,.0f}", case.target]
    if case.against:
        other = measure(*case.against)
        ratio = other.result["seconds"] / seconds
        cells += [case.against[0], f"{other.result['seconds']:.2f}", f"{ratio:.1f}×"]
        cells += [f"{other.peak_mb:,.0f}", facts(other)]
    else:
        cells += ["—"] * 5
    return f"| {' | '.join(cells)} |"


def main(names: list[str]) -> None:
    """Run all cases, or those whose name contains one of ``names``; write the table."""
    if not DATA.is_dir():
        sys.exit("benchmarks need ../shared/data, which only developers have")
    if names[:1] == ["scaling"]:
        scaling.main(names[1:])
        return
    if names == ["labels"]:
        put(labels.section())
        return
    chosen = [case for case in CASES if not names or any(name in case.name for name in names)]
    done: dict[tuple[str, ...], Measured] = {}
    rows = [HEAD, "|" + "---|" * HEAD.count("| ")]
    print("\n".join(rows), flush=True)
    for case in chosen:
        if case.load not in done:
            done[case.load] = measure(*case.load)
        rows.append(row(case, done[case.load]))
        print(rows[-1], flush=True)
    if not names:
        write_loads(rows)
        put(labels.section())


def write_loads(rows: list[str]) -> None:
    """The loads stand before the first section; the sections stay."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    loads = ABOUT.format(machine=machine) + "\n".join(rows) + "\n"
    _, mark, sections = RESULTS.read_text(encoding="utf-8").partition("\n## ")
    RESULTS.write_text(f"{loads}{mark}{sections}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
