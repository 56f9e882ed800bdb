"""Make the bundled panel: openly licensed figures only, the same bytes every time.

    python tools/bundle_panel.py ../shared/data/indicators src/aequa/data

``bundle_indicators.tsv`` says which series are taken and what each is; ``SOURCES`` below where they
come from and under which licence. Bounds follow Lafortune et al. (2018), "SDG Index and Dashboards:
Detailed Methodological Paper": the lower bound is the 2.5th percentile of all values at the worse
end, the optimum the technical one or else the mean of the five best countries (of each country's
latest value). See docs/panel.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from aequa.core.panel import CELLS, INDICATORS
from aequa.sources.panels.places import AREA, place
from aequa.sources.panels.read import read

YEARS = (1990, 2026)
_PROJECTED = 2021
"""From this year on Gapminder's population is a projection."""
_HOURS = {"cldr:language_open_speech_share": 100.0, "cldr:language_open_speech_share_1h": 1.0}


class Source(NamedTuple):
    """Where the figures of a prefix come from."""

    source: str
    licence: str
    vintage: str
    files: tuple[str, ...]


SOURCES = {
    "un": Source(
        "UN SDG Global Database", "CC-BY-4.0", "2020-10", ("un_sdg_long_country.parquet",)
    ),
    "wdi": Source(
        "World Bank, World Development Indicators",
        "CC-BY-4.0",
        "2025-01 (electricity, GDP), 2021 (others)",
        tuple(
            f"wdi/{name}.csv.gz"
            for name in ("WDICSV_electricity_2025", "science-and-technology", "poverty")
        ),
    ),
    "spi": Source(
        "World Bank, Statistical Performance Indicators",
        "CC-BY-4.0",
        "2021",
        ("spi/SPI_index.csv.gz",),
    ),
    "undp": Source(
        "UNDP, Human Development Report",
        "CC-BY-3.0-IGO",
        "2021/22",
        ("hdi/ddf--datapoints--hdi--by--country--year.csv",),
    ),
    "gapminder": Source(
        "Gapminder, Systema Globalis",
        "CC-BY-4.0",
        "2023",
        (
            "gapminder/total_population_with_projections.csv.gz",
            "gapminder/internet_users.csv",
            "gapminder/broadband_subscribers_per_100_people.csv",
            "gapminder/cell_phones_per_100_people.csv",
            "gapminder/aid_received_total_us_inflation_adjusted.csv",
        ),
    ),
    "epoch": Source("Epoch AI, models and GPU clusters", "CC-BY-4.0", "2026-01, 2026-08", ()),
    "cldr": Source(
        "Unicode CLDR 48.2 (Unicode-3.0) and Common Voice 25.0 (MPL-2.0)",
        "Unicode-3.0 AND MPL-2.0",
        "2026-03",
        (),
    ),
    "microsoft": Source("Microsoft, AI Diffusion Report", "MIT", "2026-Q1", ()),
    "oxford": Source("Oxford Insights, Government AI Readiness Index 2023", "CC-BY", "2023", ()),
}
Cell = tuple[str, str, int, float]
"""Country, indicator, year and value."""


def chosen() -> list[dict[str, str]]:
    """The rows of ``bundle_indicators.tsv``."""
    text = Path(__file__).with_name("bundle_indicators.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def taken(folder: Path, rows: list[dict[str, str]]) -> pa.Table:
    """The cells of the files that our readers read, with our names of the indicators."""
    tables = []
    for prefix, source in SOURCES.items():
        names = {
            r["series"]: r["indicator"] for r in rows if r["indicator"].startswith(f"{prefix}:")
        }
        for file in source.files:
            cells = read(folder / file).panel.cells
            cells = cells.filter(pc.is_in(cells["indicator"], pa.array(list(names))))
            renamed = pa.array(
                [names[name] for name in cells["indicator"].to_pylist()], pa.string()
            )
            tables.append(cells.set_column(1, CELLS.field(1), renamed))
    return pa.concat_tables(tables)


def models(folder: Path) -> Iterator[Cell]:
    """Models by country and year of publication: a model counts for each of its countries, its
    training compute is split equally between them."""
    counts: dict[tuple[str, int], int] = defaultdict(int)
    flop: dict[tuple[str, int], float] = defaultdict(float)
    for row in _rows(folder / "compute/notable-ai-models.csv.gz"):
        names = row["Country (of organization)"].split(",")
        known = {code for name in names if (code := place(name)) and code != AREA}
        year = row["Publication date"][:4]
        for country in known if year.isdigit() else ():
            counts[country, int(year)] += 1
            if row["Training compute (FLOP)"]:
                flop[country, int(year)] += float(row["Training compute (FLOP)"]) / len(known)
    yield from ((country, "epoch:models", year, n) for (country, year), n in counts.items())
    yield from ((country, "epoch:training_flop", year, n) for (country, year), n in flop.items())


def clusters(folder: Path) -> Iterator[Cell]:
    """H100 equivalents of existing clusters at the end of each year from a country's first one;
    clusters without a date count in the last year."""
    rows = [
        r for r in _rows(folder / "compute/gpu_clusters_2026.csv.gz") if r["Status"] == "Existing"
    ]
    last = max(int(row["First Operational Date"][:4] or 0) for row in rows)
    begun: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        country = place(row["Country"]) if row["Country"] else None
        if country and country != AREA and row["H100 equivalents"]:
            year = int(row["First Operational Date"][:4] or last)
            begun[country][year] += float(row["H100 equivalents"])
    for country, years in begun.items():
        for year in range(min(years), last + 1):
            stock = sum(size for start, size in sorted(years.items()) if start <= year)
            yield country, "epoch:gpu_h100e", year, stock


def languages(folder: Path) -> Iterator[Cell]:
    """The share of speakers (language by language, people with two counted twice) whose language
    has so many validated hours in Common Voice."""
    same = {"kmr": "ku", "tl": "fil", "zh-HK": "yue", "nb": "no", "nn": "no"}
    hours: dict[str, float] = defaultdict(float)
    voices = json.loads((folder / "language/cv-corpus-25.0.json").read_text("utf-8"))["locales"]
    for locale, facts in voices.items():
        base = same.get(locale) or locale.split("-")[0]
        hours[same.get(base, base)] += facts["validHrs"]
    text = (folder / "language/territoryInfo.json").read_text("utf-8")
    for territory, facts in json.loads(text)["supplemental"]["territoryInfo"].items():
        country = place(territory)
        shares: dict[str, float] = defaultdict(float)
        for tag, about in facts.get("languagePopulation", {}).items():
            base = tag.split("_")[0]
            shares[same.get(base, base)] += float(about["_populationPercent"])
        if country and country != AREA and sum(shares.values()):
            for indicator, least in _HOURS.items():
                spoken = sum(share for tag, share in shares.items() if hours.get(tag, 0) >= least)
                yield country, indicator, 2026, 100 * spoken / sum(shares.values())


def adoption(folder: Path) -> Iterator[Cell]:
    """Use of generative AI (the later half-year of a year), and governments' AI readiness."""
    text = (folder / "ai-readiness/global-ai-metrics.json").read_text("utf-8")
    metrics = json.loads(text)["metrics"]
    for code, shares in metrics["diffusionTrend"].items():
        if country := place(code):
            yield country, "microsoft:ai_diffusion", 2025, float(shares["h2_2025"])
            yield country, "microsoft:ai_diffusion", 2026, float(shares["q1_2026"])
    for code, score in metrics["governmentReadiness"].items():
        if country := place(code):
            yield country, "oxford:government_ai_readiness", 2023, float(score)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def carried(cells: pa.Table, real: list[str]) -> npt.NDArray[np.bool_]:
    """Which values of the UN's database stand for being carried forward.

    A value that equals the one of the year before, in a run of at least three equal years, with
    two or more decimals and three or more digits (rounder ones come twice by chance), of an
    indicator whose repeats cannot be real. The first value of a run is not carried.
    """
    keys = [
        np.asarray(pc.dictionary_encode(cells[n]).combine_chunks().indices)
        for n in ("country", "indicator")
    ]
    year, value = cells["year"].to_numpy().astype(int), cells["value"].to_numpy()
    order = np.lexsort((year, keys[0], keys[1]))
    same = np.zeros(len(order), bool)
    same[1:] = (value[order][1:] == value[order][:-1]) & (np.diff(year[order]) == 1)
    for key in keys:
        same[1:] &= key[order][1:] == key[order][:-1]
    run = np.cumsum(~same) - 1
    long = np.bincount(run)[run] >= 3
    size = np.abs(value[order])
    scale = np.maximum(10.0, 10.0 ** (1 - np.floor(np.log10(np.where(size > 0, size, 1.0)))))
    fine = np.abs(size * scale - np.round(size * scale)) > 1e-6
    found: npt.NDArray[np.bool_] = np.zeros(len(order), bool)
    found[order] = same & long & fine
    is_un = np.asarray(pc.starts_with(cells["indicator"], "un:").to_numpy(False), bool)
    is_real = np.asarray(pc.is_in(cells["indicator"], pa.array(real)).to_numpy(False), bool)
    marked: npt.NDArray[np.bool_] = found & is_un & ~is_real
    return marked


def natures(cells: pa.Table, real: list[str]) -> pa.Array:
    """``carried`` by the rule above, ``modelled`` for projections and modelled usage, else null."""
    indicator, year = cells["indicator"], cells["year"].to_numpy()
    population = np.asarray(pc.equal(indicator, "gapminder:population").to_numpy(), bool)
    usage = np.asarray(pc.equal(indicator, "microsoft:ai_diffusion").to_numpy(), bool)
    modelled = (population & (year >= _PROJECTED)) | usage
    names = np.where(modelled, "modelled", np.where(carried(cells, real), "carried", ""))
    found = pa.array(names.tolist(), pa.string())
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)


def bounds(cells: pa.Table, row: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Lower bound and optimum of one indicator's cells; neither where it has no direction."""
    if not row["direction"]:
        return None, None
    sign = int(row["direction"])
    value = cells["value"].to_numpy()
    lower = float(np.quantile(value, 0.025 if sign > 0 else 0.975))
    if row["optimum"]:
        optimum = float(row["optimum"])
    else:
        newest = {
            c: v
            for c, _, v in sorted(
                zip(*(cells[n].to_pylist() for n in ("country", "year", "value")), strict=True)
            )
        }
        optimum = float(np.mean(sorted(newest.values(), key=lambda v: -sign * v)[:5]))
    return (lower, optimum) if sign * (optimum - lower) > 0 else (None, None)


def described(cells: pa.Table, row: dict[str, str]) -> dict[str, object]:
    """The row of ``INDICATORS`` of one indicator."""
    source = SOURCES[row["indicator"].partition(":")[0]]
    lower, optimum = bounds(cells, row)
    return {
        **{name: row[name] or None for name in ("indicator", "name", "unit", "family")},
        **{name: int(row[name]) if row[name] else None for name in ("goal", "direction")},
        **{name: getattr(source, name) for name in ("source", "licence", "vintage")},
        "lower": lower,
        "optimum": optimum,
    }


def panel(folder: Path) -> pa.Table:
    """The bundled panel in its form on disk: one row per observation, sorted."""
    rows = chosen()
    counted = [*models(folder), *clusters(folder), *languages(folder), *adoption(folder)]
    columns = [list(column) for column in zip(*counted, strict=True)]
    made = pa.table([*columns, [None] * len(counted)], names=CELLS.names).cast(CELLS)
    cells = pa.concat_tables([taken(folder, rows), made])
    year = cells["year"]
    cells = cells.filter(pc.and_(pc.greater_equal(year, YEARS[0]), pc.less_equal(year, YEARS[1])))
    is_un = pc.starts_with(cells["indicator"], "un:")
    cells = cells.filter(pc.or_(pc.invert(is_un), pc.greater_equal(cells["year"], 2000)))
    real = [row["indicator"] for row in rows if row["repeats"] == "real"]
    cells = cells.set_column(4, CELLS.field(4), natures(cells, real))
    cells = cells.sort_by([(name, "ascending") for name in ("indicator", "country", "year")])
    found = set(pc.unique(cells["indicator"]).to_pylist())
    if empty := [row["indicator"] for row in rows if row["indicator"] not in found]:
        raise SystemExit(f"no value for {', '.join(empty)}")
    facts = [described(cells.filter(pc.equal(cells["indicator"], r["indicator"])), r) for r in rows]
    about = pa.Table.from_pylist(facts, schema=INDICATORS)
    at = pc.index_in(cells["indicator"], about["indicator"].combine_chunks())
    more = about.take(at).drop_columns(["indicator"])
    for name in more.column_names:
        cells = cells.append_column(name, more[name])
    return cells.combine_chunks()


def main(folder: Path, out: Path) -> None:
    """Write ``out/panel.parquet``."""
    table = panel(folder)
    path = out / "panel.parquet"
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        row_group_size=1 << 20,
        store_schema=False,
    )
    names = pc.count_distinct(table["indicator"]).as_py()
    size = path.stat().st_size / 1e6
    share = pc.sum(pc.equal(table["nature"], "carried")).as_py()
    print(f"{table.num_rows:,} values of {names} indicators, {share:,} carried, {size:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
