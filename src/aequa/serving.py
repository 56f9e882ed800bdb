"""``aequa serve``: a folder that ``aequa report`` wrote as a dashboard, on this machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from aequa.classify import models
from aequa.core.errors import AequaError, InputError
from aequa.core.provenance import digest
from aequa.report.figure import Material
from aequa.report.stored import load
from aequa.web.app import create_app
from aequa.web.queries import Corpus
from aequa.web.security import LOOPBACK
from aequa.web.site import Engines, Site

REPORT = "report.json"


def site_of(folder: Path, writable: bool = False) -> Site:
    """The report in a folder, ready to be served.

    Raises:
        InputError: the folder holds no report.
    """
    path = folder / REPORT
    if not path.is_file() or not (folder / "tables").is_dir():
        raise InputError(f"{folder}: holds no report, expected a folder that aequa report wrote")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path}: not what aequa report wrote ({error})") from error
    material = Material(load(folder / "tables"), _about(told))
    return Site(
        folder,
        material,
        digest(path).removeprefix("sha256:"),
        writable,
        Engines(_reweigh),
        Corpus.open(folder),
    )


def _about(told: dict[str, Any]) -> dict[str, Any]:
    """What the tables cannot say, as the report was told it; the model card is the package's."""
    return {**told, "version": told.get("aequa"), "card": models.card()}


def _reweigh(*arguments: Any, **named: Any) -> Any:
    """The gap index with a reader's weights; loaded at the first use, which takes a second."""
    from aequa.reweighing import reweigh

    return reweigh(*arguments, **named)


def serve(
    folder: Path, host: str, port: int, writable: bool, rate: float, told: Callable[[str], None]
) -> None:
    """Serve until interrupted; ``told`` gets the address once it answers.

    Raises:
        InputError: the folder holds no report.
        AequaError: the address cannot be used.
    """
    import uvicorn

    site = site_of(folder, writable)
    if site.corpus is not None:
        site.corpus.search.start()
    local = host in LOOPBACK or host.startswith("127.")
    app = create_app(site, (LOOPBACK | {host}) if local else None, rate)
    config = uvicorn.Config(
        app,
        host,
        port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
    )
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how a server ends
        asyncio.run(_run(server, told))


async def _run(server: Any, told: Callable[[str], None]) -> None:
    """Serve, and say where as soon as the socket is open."""
    try:
        task = asyncio.create_task(server.serve())
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        if server.started:
            address, port = server.servers[0].sockets[0].getsockname()[:2]
            told(f"http://{f'[{address}]' if ':' in address else address}:{port}/")
        await task
    except SystemExit as error:  # uvicorn's way to say that the address is taken
        raise AequaError(
            f"--host {server.config.host} --port {server.config.port}: cannot be used, expected an"
            " address of this machine and a free port"
        ) from error
