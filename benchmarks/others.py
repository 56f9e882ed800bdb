"""What other libraries make of a file; run by path, with any Python, without aequa.

``python -P benchmarks/others.py LIBRARY FORMAT FILE`` prints records and seconds as JSON. Each
library is called as its own guide has it; reading is timed, importing is not.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Read = Callable[[Any, str], int]
"""From the library and the file's name to the number of records."""


def scopus_medline_wos(package: Any, file: str) -> int:
    return len(package.RecordCollection(file))


def pybibx(db: str) -> Read:
    def read(package: Any, file: str) -> int:
        probe = package.pbx_probe(file_bib=file, db=db, del_duplicated=False)
        return int(probe.data.shape[0])

    return read


def biblium(db: str) -> Read:
    return lambda package, file: len(package.read_bibfile(file, db))


def litstudy(name: str) -> Read:
    return lambda package, file: len(getattr(package, name)(file))


def wosfile(package: Any, file: str) -> int:
    return sum(1 for _ in package.records_from([file]))


def rispy(package: Any, file: str) -> int:
    with Path(file).open(encoding="utf-8-sig") as stream:
        return len(package.load(stream, skip_unknown_tags=True))


READERS: dict[str, tuple[str, dict[str, Read]]] = {
    "metaknowledge": (
        "metaknowledge",
        dict.fromkeys(("wos", "pubmed", "scopus_csv"), scopus_medline_wos),
    ),
    "litstudy": (
        "litstudy",
        {
            **dict.fromkeys(("scopus_bib", "wos_bib"), litstudy("load_bibtex")),
            "scopus_csv": litstudy("load_scopus_csv"),
            "ris": litstudy("load_ris_file"),
            "ieee_csv": litstudy("load_ieee_csv"),
            "openalex_csv": litstudy("load_csv"),
        },
    ),
    "pybibx": (
        "pybibx.base",
        {
            **dict.fromkeys(("scopus_csv", "scopus_bib"), pybibx("scopus")),
            **dict.fromkeys(("wos", "wos_bib"), pybibx("wos")),
            "pubmed": pybibx("pubmed"),
            "openalex_csv": pybibx("openalex"),
        },
    ),
    "biblium": (
        "biblium.readbib",
        {
            **dict.fromkeys(("scopus_csv", "scopus_bib"), biblium("scopus")),
            **dict.fromkeys(("wos", "wos_bib"), biblium("wos")),
            "pubmed": biblium("pubmed"),
            "openalex_csv": biblium("openalex"),
            "ieee_csv": biblium("ieee"),
            "ris": biblium("ris"),
        },
    ),
    "wosfile": ("wosfile", {"wos": wosfile}),
    "bibtexparser": (
        "bibtexparser",
        dict.fromkeys(
            ("scopus_bib", "wos_bib"), lambda package, file: len(package.parse_file(file).entries)
        ),
    ),
    "rispy": ("rispy", {"ris": rispy}),
}


def main(library: str, form: str, file: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    module, formats = READERS[library]
    with contextlib.redirect_stdout(sys.stderr):
        package = importlib.import_module(module)
        start = time.perf_counter()
        records = formats[form](package, file)
        seconds = time.perf_counter() - start
    print(json.dumps({"records": records, "seconds": seconds, "version": version(library)}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
