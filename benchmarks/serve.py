"""``python -m benchmarks.serve DIR``: the dashboard under 20 readers at once.

DIR is a folder that ``aequa report`` wrote. A server of its own process is asked 10,000 times by 20
readers with connections that stay open, each from a loopback address of its own; nine of twenty
requests are pages that all readers share, the others lists of works with filters drawn at random
(seeded), of which few have been asked before.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.page import RESULTS, number, put, table

READERS, REQUESTS = 20, 10_000
OVERVIEWS = ("/en/", "/en/goals", "/en/gap", "/en/links", "/en/issues", "/fr/", "/ar/gap")
WORDS = ("malaria", "learning", "graph", "robot", "energy", "speech", "climate", "fair*")
COUNTRIES = ("KEN", "IND", "CHN", "USA", "BRA", "DEU", "ZAF", "IDN", "NGA", "FRA")


def path_of(chance: random.Random) -> tuple[str, str]:
    """Kind and address of the next request."""
    if chance.random() < 0.45:
        return "overview", chance.choice(OVERVIEWS)
    asked = {"goal": str(chance.randint(1, 17)), "year": str(chance.randint(2012, 2024))}
    if chance.random() < 0.5:
        asked["country"] = chance.choice(COUNTRIES)
    if chance.random() < 0.3:
        asked["q"] = chance.choice(WORDS)
    if chance.random() < 0.3:
        asked["contribution"] = chance.choice(("supports", "neutral", "against"))
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return "drill-down", f"/en/works?{query}"


def reader(place: int, port: int) -> list[tuple[str, float, int]]:
    """Kind, seconds and status of each request of one reader."""
    chance, seen = random.Random(place), []
    source = (f"127.0.0.{place + 2}", 0)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=source)
    for _ in range(REQUESTS // READERS):
        kind, path = path_of(chance)
        start = time.perf_counter()
        line.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = line.getresponse()
        answer.read()
        seen.append((kind, time.perf_counter() - start, answer.status))
    line.close()
    return seen


def sizes(port: int) -> tuple[int, int]:
    """Bytes of the first page with its style, and with its script and picture too."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/en/")
    text = line.getresponse().read().decode()
    style, *others = (
        re.search(pattern, text)[1]
        for pattern in (r'"(/static/[^"]+css)"', r'"(/static/[^"]+js)"', r'"(/static/[^"]+svg)"')
    )
    return bytes_of(line, "/en/") + bytes_of(line, style), sum(
        bytes_of(line, path) for path in ("/en/", style, *others)
    )


def bytes_of(line: http.client.HTTPConnection, path: str) -> int:
    """Bytes of one answer as they cross the wire."""
    line.request("GET", path, headers={"Accept-Encoding": "gzip"})
    return len(line.getresponse().read())


def memory(process: int) -> float:
    """Peak memory of a process in MB."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    command = [sys.executable, "-m", "aequa", "serve", str(folder), "--port", "0", "--rate", "0"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        port = int(re.search(r":(\d+)/", server.stdout.readline())[1])
        started = time.perf_counter() - start
        first, whole = sizes(port)
        while b'"abstracts_searched":false' in searched(port):
            time.sleep(0.5)
        with ThreadPoolExecutor(READERS) as pool:
            start = time.perf_counter()
            found = [
                one for run in pool.map(reader, range(READERS), [port] * READERS) for one in run
            ]
            took = time.perf_counter() - start
        held = memory(server.pid)
        server.terminate()
    errors = sum(status >= 400 for _, _, status in found)
    rows = []
    for kind in ("overview", "drill-down"):
        times = np.array([seconds for name, seconds, _ in found if name == kind]) * 1e3
        rows.append(
            (kind, f"{len(times):,}", *(number(p) for p in np.percentile(times, (50, 95, 99))))
        )
    told = (
        f"{READERS} readers at once on two cores, who ask from the same two cores; {len(found):,} "
        f"requests in {took:.0f} s, {errors} errors. Start-up {started:.1f} s, peak memory "
        f"{held:.0f} MB. First page {first:,} bytes, with script and icon {whole:,}."
    )
    figures = table("kind|requests|p50, ms|p95, ms|p99, ms", rows)
    put(f"## The dashboard\n\n`python -m benchmarks.serve DIR`: {told}\n\n{figures}")
    print(RESULTS.read_text(encoding="utf-8").partition("## The dashboard")[2])


def searched(port: int) -> bytes:
    """What the server says of itself."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", "/api/v1/about")
    return line.getresponse().read()


if __name__ == "__main__":
    main()
