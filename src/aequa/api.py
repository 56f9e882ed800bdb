"""aequa in Python: files to a corpus, to labels, to evidence, each a small value.

A corpus lives in a folder: a temporary one that goes with the last object that needs it, or the one
that ``read(…, keep=…)`` names, where the next program goes on from what is there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from aequa import labelling, pipeline, reporting
from aequa.classify.engine import Spec
from aequa.core.errors import InputError, SpecError
from aequa.core.provenance import digest
from aequa.core.results import read_parquet
from aequa.corpus.store import Counts
from aequa.frames import EvidenceTable, Frame, Rows, joined
from aequa.ingesting import Ingested
from aequa.kept import Home, Kept, at_work, lines, put
from aequa.ledger import FileTally
from aequa.parts import inputs
from aequa.steps import Steps, code


def read(
    *files: str | os.PathLike[str],
    keep: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Corpus:
    """Read publication exports into one corpus without duplicates, as ``aequa ingest`` does.

    Args:
        files: any mix of the formats that ``aequa ingest`` reads, also folders and patterns.
        keep: a folder of its own for the corpus and all that is made of it; what an earlier run
            left there is used again where nothing that went into it has changed. Without it the
            folder is a temporary one, removed when no object needs it any more.
        progress: show progress on standard error, here and in what is made of the corpus.

    Raises:
        InputError: a file does not exist, or none held a usable record.
        BusyError: another run is at work in ``keep``.
        SpecError: no file is named.
    """
    if not files:
        raise SpecError("read: found no files, expected at least one (aequa.sample() is one)")
    home, names = Home(keep), [os.fsdecode(file) for file in files]
    works, rejects = home.folder / pipeline.WORKS, home.folder / pipeline.REJECTS
    with at_work(home.folder, progress) as (shards, tell):
        try:
            found = inputs(names, (home.folder,), shards)
            done = pipeline.corpus_once(Steps(home.folder), found, works, rejects, tell)
        except InputError as error:
            if keep is not None:
                raise
            raise type(error)(str(error).removesuffix(f"; reasons in {rejects}")) from None
    bundled = names == [str(sample())]
    return Corpus(home, done, Kept(works), progress, sample().name if bundled else None)


def sample() -> Path:
    """The bundled sample of 8,000 real AI works, a file for ``read``.

    >>> sample().name
    'sample.csv.gz'
    """
    return pipeline.sample()


@dataclass(frozen=True, repr=False, eq=False)
class Corpus(Rows):
    """Publications without duplicates, as ``read`` gives them."""

    _home: Home
    _done: Ingested
    _works: Kept
    _progress: bool
    _sample: str | None

    @property
    def path(self) -> Path:
        """The corpus as a Parquet file, a row a work (docs/tables.md); read it, don't write it.

        Raises:
            InputError: a later run has written another corpus into the folder.
        """
        return self._works.path()

    @property
    def counts(self) -> Counts:
        """The books: ``read`` = ``kept`` + ``merged`` + ``rejected`` records."""
        return self._done.counts

    @property
    def files(self) -> tuple[FileTally, ...]:
        """The books of each file in the order read, with its format and ``repaired`` records."""
        return self._done.tallies

    @property
    def failed(self) -> int:
        """Parts of files that could not be worked on; their records are among the rejects."""
        return self._done.failed

    @property
    def rejects(self) -> Iterator[dict[str, Any]]:
        """Records that were refused: ``file``, ``record``, ``reason``, ``excerpt``."""
        return (row for row in self._listed() if row["status"] == "rejected")

    @property
    def repairs(self) -> Iterator[dict[str, Any]]:
        """Records that were kept, with a value set to unknown: as ``rejects``."""
        return (row for row in self._listed() if row["status"] == "repaired")

    def _listed(self) -> Iterator[dict[str, Any]]:
        return lines(self.path.with_name(pipeline.REJECTS))

    def classify(self, tier: str = "cascade", scores: bool = False) -> Labelled:
        """Label each work: language, AI or not, goals, contribution, challenges, areas.

        Args:
            tier: ``fast`` (a linear model), ``cascade`` (an encoder too where that is unsure) or
                ``accurate`` (both always).
            scores: add the scores of all 17 goals.

        Raises:
            SpecError: the tier is none of these.
            InputError: a later run has written another corpus into the folder.
        """
        spec = Spec(scores=scores, tier=tier)
        folder = self._home.folder / (f"{tier}-scores" if scores else tier)
        labels = folder / pipeline.LABELS
        with at_work(folder, self._progress) as (_, tell):
            done = pipeline.label_once(Steps(folder), self.path, labels, spec, tell)
        return Labelled(self, spec, done, Kept(labels))

    def to_arrow(self) -> pa.Table:
        """All works as a table of Arrow, a row a work."""
        return pq.read_table(self.path)

    def __len__(self) -> int:
        return self.counts.kept

    def __repr__(self) -> str:
        books = "{read:,} read = {kept:,} kept + {merged:,} merged + {rejected:,} rejected"
        return f"Corpus({books.format(**self.counts._asdict())})"


@dataclass(frozen=True, repr=False, eq=False)
class Labelled(Rows):
    """A corpus and its labels, as ``Corpus.classify`` gives them."""

    corpus: Corpus
    spec: Spec
    """Who read the works: ``spec.tier``, and ``spec.scores``."""
    _done: labelling.Labelled
    _labels: Kept

    @property
    def path(self) -> Path:
        """The labels as a Parquet file, a row a work in the order of the corpus."""
        return self._labels.path()

    @property
    def counts(self) -> Counts:
        """The books; works that could not be labelled count as rejected."""
        return self._basis().counts

    @property
    def second(self) -> int:
        """Works that the encoder read too."""
        return self._done.second

    @property
    def changed(self) -> int:
        """Works that it gave other goals."""
        return self._done.changed

    @property
    def unlabelled(self) -> Iterator[dict[str, Any]]:
        """Works that could not be labelled: ``id``, ``reason``."""
        return lines(self.path.with_name(pipeline.UNLABELLED))

    def to_arrow(self) -> pa.Table:
        """All labelled works as a table of Arrow: the columns of the corpus, then the labels.

        ``language`` is what the source declares, ``text_language`` what the classifier found.
        """
        labels = pq.read_table(self.path)
        return joined(
            self.corpus.to_arrow(), labels if self.spec.scores else labels.drop_columns("scores")
        )

    def goals(self) -> Frame:
        """A row a goal of a work: ``id``, ``goal``, ``contribution``, scores, evidence, targets."""
        labels = pq.read_table(self.path, columns=["id", "goals"])
        goals = labels["goals"].combine_chunks()
        ids = labels["id"].combine_chunks().take(pc.list_parent_indices(goals))
        rows = pa.Table.from_struct_array(pc.list_flatten(goals))
        return Frame(rows.add_column(0, "id", ids))

    def evidence(self) -> Evidence:
        """The tables of the report: shares with intervals, and what they rest on.

        Raises:
            InputError: a later run has written other works or labels into the folder.
        """
        folder, basis = self.path.parent, self._basis()
        paths = [*basis.works, *basis.labels]
        key = [code(), asdict(self.spec), basis.digests, [digest(path) for path in paths]]
        with at_work(folder, self.corpus._progress) as (_, tell):
            tables = folder / "tables"
            tables.mkdir(exist_ok=True)
            steps = Steps(tables)
            names = steps.finished("evidence", key)
            if names is None:
                tell("counting", 0, None)
                names, _ = reporting.count(folder, basis, self.spec)
                steps.enter("evidence", key, [tables / f"{name}.parquet" for name in names], names)
        return Evidence(self, tuple(names))

    def report(self, directory: str | os.PathLike[str]) -> Path:
        """Write what ``aequa report`` writes into a folder; the path of its ``index.html``.

        Raises:
            BusyError: another run is at work there.
        """
        folder, works, labels = Path(directory), self.corpus.path, self.path
        with at_work(folder, self.corpus._progress) as (_, tell):
            of_works, of_labels = pipeline.REJECTS, pipeline.UNLABELLED
            for path in (works, works.with_name(of_works), labels, labels.with_name(of_labels)):
                put(path, folder / path.name)
            basis = self._basis(folder / works.name, folder / labels.name)
            reporting.write(folder, basis, self.spec, tell)
        return folder / "index.html"

    def _basis(self, works: Path | None = None, labels: Path | None = None) -> reporting.Basis:
        """The labelled corpus for its tables: here, or where it was put."""
        places = works or self.corpus.path, labels or self.path
        basis = pipeline.basis_of(self.corpus._done, self._done, *places)
        return basis._replace(sample=self.corpus._sample)

    def __len__(self) -> int:
        return self._done.works

    def __repr__(self) -> str:
        return f"Labelled({len(self):,} works, tier {self.spec.tier}; {self._done.told()})"


@dataclass(frozen=True, repr=False, eq=False)
class Evidence(Mapping[str, EvidenceTable]):
    """The tables of the report by name, in its order (docs/tables.md); read when asked for."""

    labelled: Labelled
    """What it was counted from."""
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> EvidenceTable:
        if name not in list(self):
            raise KeyError(f"{name}: expected one of {', '.join(self)}")
        path = self.labelled.path.parent / "tables" / f"{name}.parquet"
        return EvidenceTable(**vars(read_parquet(path)))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Evidence({len(self)} tables: {', '.join(self)})"

    def _repr_html_(self) -> str:
        rows = (f"<tr><td>{escape(one.name)}<td>{escape(one.title)}" for one in self.values())
        return f"<table>{''.join(rows)}</table>"
