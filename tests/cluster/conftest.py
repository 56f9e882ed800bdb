"""A real standalone cluster on loopback: one master and two workers, each a process of its own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

FULL = os.environ.get("AEQUA_CLUSTER") == "full"
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java does not spend the minute that a short run takes on making itself fast."""
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "600m",
    "spark.executor.cores": "1",
    "spark.executor.memory": "600m",
    "spark.sql.files.maxPartitionBytes": "100k",  # so that a small file makes many tasks
    "spark.sql.files.openCostInBytes": "0",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
}
if not FULL:
    SETTINGS["spark.driver.extraJavaOptions"] = QUICK_START
    SETTINGS["spark.executor.extraJavaOptions"] = QUICK_START
    SETTINGS["spark.sql.codegen.wholeStage"] = "false"
    SETTINGS["spark.sql.codegen.factoryMode"] = "NO_CODEGEN"
PATIENCE = 120


class Cluster:
    """Started on creation; ``kill`` and ``stop`` end whole process groups, executors and all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        home = importlib.util.find_spec("pyspark")
        assert home is not None
        assert home.origin is not None
        self.home = Path(home.origin).parent
        conf = folder / "conf"
        conf.mkdir()
        lines = [f"{name} {value}\n" for name, value in SETTINGS.items()]
        (conf / "spark-defaults.conf").write_text("".join(lines))
        self.environment = os.environ | {
            "SPARK_HOME": str(self.home),
            "SPARK_CONF_DIR": str(conf),
            "SPARK_LOCAL_DIRS": str(folder / "scratch"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": QUICK_START,
            "PYSPARK_PYTHON": sys.executable,
            "AEQUA_CACHE": "",
        }
        self.running: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        try:
            self._start("master.Master", "master", "--port", "0")
            self.url = self._said("master", rb"Starting Spark master at (spark://\S+)")
            for name in ("one", "two"):
                options = ("--cores", "1", "--memory", "700m", "--work-dir", str(folder / name))
                self.workers.append(self._start("worker.Worker", name, *options, self.url))
            for name in ("one", "two"):
                self._said(name, rb"(Successfully registered with master)")
        except BaseException:
            self.stop()
            raise

    def _start(self, kind: str, name: str, *options: str) -> subprocess.Popen[bytes]:
        command = [str(self.home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}"]
        command += ["--host", "127.0.0.1", "--webui-port", "0", *options]
        with (self.folder / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                command,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(started)
        return started

    def _said(self, name: str, pattern: bytes) -> str:
        log = self.folder / f"{name}.log"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = re.search(pattern, log.read_bytes())
            if found:
                return found[1].decode()
            time.sleep(0.1)
        raise AssertionError(f"{name} did not start: {log.read_text()[-2000:]}")

    def kill(self, worker: int) -> None:
        """End a worker and its executors at once, as when a machine loses power."""
        os.killpg(self.workers[worker].pid, signal.SIGKILL)
        self.workers[worker].wait()

    def stop(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start(self, *arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
        """A command of aequa; what it and Spark say goes to ``run.log`` in ``cwd``."""
        with (cwd / "run.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "aequa", *arguments],
                env=self.environment,
                cwd=cwd,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def run(self, *arguments: str, cwd: Path) -> str:
        process = self.start(*arguments, cwd=cwd)
        assert process.wait(600) == 0, (cwd / "run.log").read_text()
        return (cwd / "run.log").read_text()


@pytest.fixture(scope="session")
def java() -> str:
    """Where Java is; without it or PySpark the tests of this folder that need them are skipped."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        pytest.skip("needs Java 17 or newer (java on the path, or JAVA_HOME)")
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("needs pyspark: pip install 'aequa[spark]'")
    return found


@pytest.fixture
def cluster(java: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("spark"))
    try:
        yield started
    finally:
        started.stop()
