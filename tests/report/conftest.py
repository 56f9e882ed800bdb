"""Plausible tables of the evidence room's contract, made from a fixed formula."""

import math
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from aequa.core.results import Provenance, Table, write_parquet
from aequa.report import page
from aequa.report.figure import Material
from aequa.report.stored import load

WORKS = 9000
SCRIPT = '<script>document.title="pwned"</script>'
IMAGE = "<img src=x onerror=\"document.title='pwned'\">"
CONTRIBUTIONS = ("supports", "hinders", "mixed", "neutral")
CHALLENGES = [
    "energy",
    "bias",
    "employment",
    "privacy",
    "safety",
    "misinformation",
    "divide",
    "opacity",
]
SECTORS = [
    "academia",
    "company",
    "government",
    "healthcare",
    "facility",
    "nonprofit",
    "other",
    "unknown",
]
COUNTRIES = {
    **{"USA": "United States", "CHN": "China", "KEN": "Kenya", "IND": "India"},
    **{"DEU": "Germany", "BRA": "Brazil", "CIV": "Côte d’Ivoire", "unknown": None},
}
GROUPS = {
    "income": ("high", "upper-middle", "lower-middle", "low", "unclassified", "unknown"),
    "north_south": ("North", "South", "unknown"),
    "region": ("Africa", "Americas", "Asia", "Europe", "Oceania", "unknown"),
    "ldc": ("LDC", "other", "unknown"),
    "lldc": ("LLDC", "other", "unknown"),
    "sids": ("SIDS", "associate", "other", "unknown"),
}
SCOPES = ("all", "top10", "top1")
KINDS = [
    "academia_company",
    "academia_government",
    "academia_healthcare",
    "single_sector",
    "two_or_more_sectors",
    "domestic",
    "international",
    "north_north",
    "north_south",
    "south_south",
]


def wave(*parts: object) -> float:
    """A number in (0, 1) that looks random and is always the same for the same parts."""
    seed = sum((place + 1) * ord(sign) for place, sign in enumerate("/".join(map(str, parts))))
    return (math.sin(seed * 12.9898) * 43758.5453) % 1 * 0.98 + 0.01


def shares(share: float, works: float = WORKS, unknown: float = 40.0) -> dict[str, float]:
    """Share columns with a Wilson-like interval."""
    half = 1.96 * math.sqrt(share * (1 - share) / works) if works else math.nan
    return {
        "count": share * works,
        "denominator": works,
        "unknown": unknown,
        "share": share,
        "low": max(share - half, 0.0),
        "high": min(share + half, 1.0),
        "few": works < 30,
    }


def headline():
    sizes = {"all": WORKS, "top10": WORKS / 10, "top1": WORKS / 100}
    base = {"explicit": 0.31, "applied": 0.62, "hinders": 0.018}
    return [
        {"reading": reading, "scope": scope, **shares(share + 0.02 * place, size, 12.0)}
        | {"title_only": size * 0.2, "small_cells": size * 0.07}
        for reading, share in base.items()
        for place, (scope, size) in enumerate(sizes.items())
    ]


NOTHING = dict.fromkeys(("corrected", "corrected_low", "corrected_high", "judged", "positives"))


def fixed(share: float, **of: object) -> dict[str, object]:
    """A share that is corrected to four fifths of itself."""
    ends = {"corrected": 0.8 * share, "corrected_low": 0.7 * share, "corrected_high": 0.9 * share}
    rates = {"basis": "error rates", "reason": None, "judged": 512, "positives": 148}
    return {**shares(share), **ends, **rates, **of}


def refused(share: float, reason: str) -> dict[str, object]:
    return {**shares(share), **NOTHING, "basis": "none", "reason": reason}


def corrected():
    """Explicit and goal 3 by error rates, applied by an audit, all else not corrected."""
    few, none = "too few judged works: 3 positives", "no error rates are known"
    rows = [
        *({"measure": "explicit", "scope": scope, **fixed(0.31)} for scope in SCOPES),
        {"measure": "applied", "scope": "all"}
        | fixed(0.62, basis="audit", judged=400, positives=240),
        *({"measure": "applied", "scope": scope, **refused(0.6, none)} for scope in SCOPES[1:]),
        *({"measure": "hinders", "scope": scope, **refused(0.018, few)} for scope in SCOPES),
    ]
    keys = [("goal", str(goal)) for goal in range(1, 18)]
    keys += [("challenge", name) for name in [*CHALLENGES, "any"]]
    keys += [("area", name) for name in ["economy", "society", "environment", "science", "none"]]
    for measure, key in keys:
        made = fixed(0.1) if key == "3" else refused(0.1, none)
        rows.append({"measure": measure, "key": key, "scope": "all", **made})
    return [{"key": None, "title_only": 0.0, **row} for row in rows]


def level(goal: int) -> float:
    return 0.3 if goal == 0 else 0.12 * wave("goal", goal) ** 2 + 0.002


def progress():
    years = [*range(2008, 2025), None]
    return [
        {"year": year, "goal": goal, **shares(level(goal) * (0.5 + 0.5 * wave(goal, year)), 400)}
        for year in years
        for goal in range(18)
    ]


def goals():
    parts = dict(zip(CONTRIBUTIONS, (0.72, 0.03, 0.05, 0.2), strict=True))
    parts |= {"hinders_or_mixed": 0.08, "any": 1.0}
    return [
        {"goal": goal, "contribution": part, "scope": scope, **shares(level(goal) * weight)}
        for goal in range(1, 18)
        for part, weight in parts.items()
        for scope in ("all", "top10", "top1")
    ]


def scoped(column: str, codes: list[str]):
    return [
        {column: code, "scope": scope, **shares(wave(column, code) * 0.3)}
        for code in codes
        for scope in ("all", "top10", "top1")
    ]


def crossed(column: str, codes: list[str], **fixed: str):
    return [
        {**fixed, column: code, "goal": goal, **shares(level(goal) * wave(code, goal), 300)}
        for code in codes
        for goal in range(1, 18)
    ]


def sized(column: str, code: str, share: float, **fixed: str):
    return {
        **fixed,
        column: code,
        "works_full": WORKS * share * 1.2,
        "works_fractional": WORKS * share,
        "share_of_works": share,
        "supports": WORKS * share * 0.3,
        **shares(0.2 + 0.2 * wave(code), WORKS * share * 1.2),
        "top10_full": WORKS * share * 0.1,
    }


def countries():
    rows = [sized("country", code, 0.4 / 2**at) for at, code in enumerate(COUNTRIES)]
    return [row | {"name": COUNTRIES[row["country"]]} for row in rows]


def groups():
    return [
        sized("group", code, 0.5 / 2**at, grouping=grouping)
        for grouping, codes in GROUPS.items()
        for at, code in enumerate(codes)
    ]


def yearly(column: str, codes: list[str]):
    return [
        {column: code, "year": year, **shares(wave(code) * (0.2 + 0.2 * wave(code, year)), 400)}
        for code in codes
        for year in [*range(2008, 2025), None]
    ]


def examples():
    parts = ("supports", "hinders_or_mixed", "neutral")
    keys = [f"goal-{goal}-{part}" for goal in range(1, 18) for part in parts]
    keys += [f"challenge-{code}" for code in CHALLENGES]
    keys += [f"country-{code}" for code in COUNTRIES if code != "unknown"]
    keys += ["area-society", "headline-explicit", "headline-hinders", "headline-applied"]
    titles = [SCRIPT, IMAGE, "=HYPERLINK(1)", "Early detection of malaria & tuberculosis", None]
    ids = ["openalex:W42", "doi:10.1/a", "doi:javascript:alert(1)", "doi:10.1234/a<b>", "local:x"]
    return [
        {
            **{"key": key, "rank": rank + 1, "id": ids[rank], "title": titles[rank]},
            **{"year": 2020 if rank else None, "venue": "NeurIPS" if rank else None},
            **{"cited_by": 120 - rank, "score": 0.9, "evidence": SCRIPT if rank == 1 else "helps"},
        }
        for key in keys
        for rank in range(5)
    ]


def works():
    return [
        {
            **{"id": f"openalex:W{number}", "title": "=1+1" if number == 0 else f"Work {number}"},
            **{"year": 2020, "goals": "3:supports 13:mixed", "top10": 0.5, "ai_score": 0.98},
        }
        for number in range(200)
    ]


def tables() -> dict[str, list[dict]]:
    return {
        "headline": headline(),
        "corrected": corrected(),
        "progress": progress(),
        "goals": goals(),
        "areas": scoped("area", ["economy", "society", "environment", "science", "none"]),
        "countries": countries(),
        "groups": groups(),
        "group_goals": crossed("group", list(GROUPS["income"]), grouping="income"),
        "country_goals": crossed("country", list(COUNTRIES)),
        "sectors": [
            {"sector": code, "works": WORKS * wave(code), **shares(wave(code) / 2)}
            for code in SECTORS
        ],
        "sector_goals": crossed("sector", SECTORS),
        "challenges": scoped("challenge", [*CHALLENGES, "any"]),
        "challenge_years": yearly("challenge", [*CHALLENGES, "any"]),
        "challenge_goals": crossed("challenge", CHALLENGES),
        "hindered": [
            {"goal": goal, **shares(0.1 * wave("hindered", goal), 500)} for goal in range(1, 18)
        ],
        "collaboration": [{"kind": kind, **shares(wave(kind))} for kind in KINDS],
        "collaboration_years": yearly("kind", KINDS),
        "attention": [
            {"goal": goal, "works_fractional": 4000 * level(goal), **shares(level(goal))}
            for goal in range(1, 18)
        ],
        "concentration": [
            {"measure": "gini_goals", "value": 0.61, "low": 0.59, "high": 0.63, "n": 17},
            {"measure": "gini_countries", "value": 0.93, "low": 0.92, "high": 0.94, "n": 249},
            {"measure": "top5_countries_share", "value": 0.74, "low": 0.73, "high": 0.75, "n": 249},
        ],
        "lorenz": [
            {"population": kind, "x": step / 20, "y": (step / 20) ** power}
            for kind, power in (("goals", 3.0), ("countries", 9.0))
            for step in range(21)
        ],
        "coverage": [
            {"variable": name, "population": who, "known": 0.8 * n, "total": n, "share": 0.8}
            for name in ("abstract", "year", "country", "sector", "doi")
            for who, n in (("all", WORKS * 2), ("ai", WORKS))
        ],
        "examples": examples(),
        "works": works(),
        "languages": [
            {"language": code, **shares(share)} for code, share in (("en", 0.97), ("es", 0.02))
        ],
        "impact_cells": [
            {"field": "Computer Science", "year": 2020, "type": "article", "works": n, "small": s}
            for n, s in ((4000, False), (60, True))
        ],
        "impact_origins": [
            {"origin": origin, "works": WORKS * share, "share": share}
            for origin, share in (("source", 0.25), ("computed", 0.7), ("none", 0.05))
        ],
    }


PROVENANCE = {"spec": {"level": 0.95}, "inputs": {"works": "sha256:ab"}, "seed": 7}


@pytest.fixture
def about() -> dict:
    """What the pipeline says about a run."""
    return told()


def told() -> dict:
    scores = {"precision": 0.86, "recall": 0.78, "f1": 0.82, "ece": 0.03, "n": 310}
    return {
        "version": "0.1.0",
        "created": "2026-11-24",
        "sample": True,
        "sources": [
            {
                **{"file": "works.csv.gz", "format": "table", "read": 10000, "kept": 9500},
                **{"merged": 480, "rejected": 20, "sha256": "sha256:" + "ab" * 32},
            }
        ],
        "counts": {"read": 10000, "kept": 9500, "merged": 480, "rejected": 20, "repaired": 5},
        "spec": {"seed": 0, "level": 0.95},
        "seed": 0,
        "card": {
            "goals": {str(goal): scores for goal in range(1, 18)},
            "ai": scores,
            "contribution": {"macro_f1": 0.7, "hinders_or_mixed": scores, "supports": scores},
            "challenges": {"bias": scores},
            "areas": {"society": scores},
            "goals_overall": {
                "dev": {"micro_f1": 0.65, "no_goal_assigned": 0.66},
                "dev_titles_only": {"micro_f1": 0.4, "no_goal_assigned": 0.7},
                "dev_random_strata": {
                    **{"works": 512, "no_goal_truth": 0.711, "no_goal_assigned": 0.766},
                },
            },
            "languages": {"sw": {"works": 60, "identified": 0.9, "micro_f1": 0.5, "ai": scores}},
        },
    }


@pytest.fixture(scope="session")
def stored_rows() -> dict[str, list[dict]]:
    """Rows of every table, by name."""
    return tables()


def store(directory: Path, rows: dict[str, list[dict]]) -> Path:
    """A run's directory with these tables."""
    folder = directory / "tables"
    folder.mkdir(parents=True)
    for name, lines in rows.items():
        data = pa.Table.from_pylist(lines)
        provenance = Provenance(step=f"evidence.{name}", version="0.1.0", **PROVENANCE)
        title = f"The table {name}"
        write_parquet(Table(name, title, data, provenance, "A note."), folder / f"{name}.parquet")
    return directory


@pytest.fixture
def filled(tmp_path, stored_rows) -> Path:
    """A directory with all tables, nothing written yet."""
    return store(tmp_path / "filled", stored_rows)


@pytest.fixture
def material(filled, about) -> Material:
    """What the sections are made from."""
    held = load(filled / "tables")
    keys = frozenset(str(row["key"]) for row in held.rows("examples"))
    return Material(held, about, keys)


@pytest.fixture(scope="session")
def written_once(tmp_path_factory, stored_rows) -> Path:
    """All tables and the page, made once: no test may change them."""
    directory = store(tmp_path_factory.mktemp("report") / "written", stored_rows)
    page.write(directory, told())
    return directory


@pytest.fixture
def written(tmp_path, written_once) -> Path:
    """The directory ``filled`` after ``page.write``; a copy of its own."""
    return Path(shutil.copytree(written_once, tmp_path / "written"))


@pytest.fixture
def stored_in():
    """Function that stores given tables in a directory."""
    return store
