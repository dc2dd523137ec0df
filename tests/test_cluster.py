"""Posts rendered on a Dask cluster: a real scheduler and real workers, as processes on loopback."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import distributed
import pytest

from knowrepo import build as pipeline
from knowrepo.build import Workshop
from knowrepo.cache import Cache
from knowrepo.errors import KnowrepoError, NetworkError
from knowrepo.making import Progress
from knowrepo.workers import Bounds, Death, Failure, cluster
from tests import gitrepo, team
from tests.test_workers import ROOMY, TIGHT, consume, die, fail

ROOT = Path(__file__).parent.parent


@dataclass
class Machines:
    """A scheduler and its workers, each with all that it starts in a session of its own. They import what lies in ``path`` first."""

    folder: Path
    path: Path = ROOT
    address: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def schedule(self, **settings: str) -> None:
        """Start the scheduler."""
        file = self.folder / "scheduler.json"
        self._start("distributed.cli.dask_scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={file}", **settings)
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:  # type: ignore[no-untyped-call]
            self.address = str(client.scheduler.address).removeprefix("tcp://")

    def work(self, number: int) -> None:
        """Start so many workers of one thread."""
        for _ in range(number):
            self._start("distributed.cli.dask_worker", self.address, "--nthreads=1")

    @contextlib.contextmanager
    def client(self, workers: int = 0) -> Iterator[Any]:
        """A client, once the scheduler knows so many workers."""
        with distributed.Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            if workers:
                client.wait_for_workers(workers, timeout=60)
            yield client

    def end(self) -> None:
        """End all that was started."""
        for process in reversed(self.started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, *command: str, **settings: str) -> None:
        environment = {**os.environ, **settings, "PYTHONPATH": str(self.path), "DASK_TEMPORARY_DIRECTORY": str(self.folder)}
        whole = [sys.executable, "-m", *command, "--no-dashboard"]
        with (self.folder / f"{len(self.started)}.log").open("wb") as log:
            self.started.append(subprocess.Popen(whole, env=environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True))


@contextlib.contextmanager
def machines(folder: Path, workers: int = 0, path: Path = ROOT, **settings: str) -> Iterator[Machines]:
    folder.mkdir()
    made = Machines(folder, path)
    try:
        made.schedule(**settings)
        made.work(workers)
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two workers; Dask starts one anew when it dies."""
    with machines(tmp_path_factory.mktemp("dask") / "pair", workers=2) as made:
        yield made


def results(work: Callable[[Any], Any], tasks: list[Any], where: Machines, bounds: Bounds = ROOMY) -> list[Any]:
    """The results in the order of the tasks."""
    return [result for _, result in sorted(cluster.run(work, tasks, bounds, where.address), key=lambda pair: pair[0])]


def built(root: Path, out: Path, where: Machines, progress: Progress = lambda _done, _all, _path: None) -> pipeline.Report:
    engine = partial(cluster.run, address=where.address)
    return pipeline.build(Workshop(root, out, Cache(out.parent / f"{out.name}-cache"), progress=progress, engine=engine))


def known(cache: Path) -> set[str]:
    """The names of all that lies in a cache."""
    return {file.relative_to(cache).as_posix() for file in cache.rglob("*") if file.is_file()}


# Posts


def test_a_site_is_the_same_wherever_it_is_made_though_a_worker_is_killed(tmp_path: Path, pair: Machines) -> None:
    """Two workers render; one is killed by SIGKILL while it has posts to do: the site, the report and the cache are those of this computer."""
    files = {f"more/{number}.ipynb": team.notebook(f"Number {number}", colour="navy") for number in range(30)}
    root = gitrepo.make(tmp_path / "repo", {**team.FILES, **files, "knowrepo.yml": "max_post_mb: 1\n", "large.md": "x" * 1_500_000})
    here = team.site(root, tmp_path / "here")
    killed: list[int] = []
    with pair.client(workers=2) as client:
        processes = client.run(os.getpid)

        def progress(_done: int, _all: int, path: str) -> None:
            busy = [worker for worker, tasks in client.processing().items() if tasks]
            if path and not killed:
                killed.append(processes[busy[0]])
                os.kill(killed[0], signal.SIGKILL)

        there = built(root, tmp_path / "there", pair, progress)
    assert len(killed) == 1
    assert (there.published, there.skipped, there.problems) == (here.published, here.skipped, here.problems)
    assert "unreadable-file" in {problem.rule for problem in there.problems}
    assert team.tree(tmp_path / "there") == team.tree(tmp_path / "here")
    assert known(tmp_path / "there-cache") == known(tmp_path / "here-cache")


# Tasks


def begin(address: tuple[str, int]) -> str:
    """Say which Dask worker has begun this task, and end it when the other side hangs up."""
    parent = multiprocessing.parent_process()
    assert parent
    with socket.create_connection(address) as line:
        line.sendall(f"{parent.pid}\n".encode())
        return line.recv(1).decode()


def test_a_worker_that_dies_at_a_task_costs_nothing_but_another_try(pair: Machines) -> None:
    """Two workers have begun a task when one is killed: its task is begun again, and both are done."""
    with (
        pair.client(workers=2),
        socket.create_server(("127.0.0.1", 0)) as server,
        ThreadPoolExecutor() as pool,
        contextlib.ExitStack() as lines,
    ):
        server.settimeout(20)
        done = pool.submit(results, begin, [server.getsockname()] * 2, pair)

        def begun() -> int:
            line = lines.enter_context(server.accept()[0])
            with line.makefile("r") as said:
                return int(said.readline())

        first, second = begun(), begun()
        os.kill(first, signal.SIGKILL)
        third = begun()
        lines.close()
        assert done.result() == ["", ""]
        assert third != first != second


def test_bounds_hold_on_a_worker(pair: Machines) -> None:
    """What exceeds a bound, or kills its process, costs itself and nothing else, there as here."""
    with pair.client(workers=2):
        assert results(consume, ["before", "loop", "memory", "depth", "after"], pair, TIGHT) == [
            "before",
            Failure.SLOW,
            Failure.LARGE,
            Failure.DEEP,
            "after",
        ]
        assert results(die, ["a", "SIGKILL", "b", "exit"], pair) == ["a", Death("SIGKILL"), "b", Death("exit status 3")]


def test_large_tasks_are_sent_without_a_warning(pair: Machines) -> None:
    """Dask finds more than 10 MB odd; posts may be larger."""
    assert results(len, [bytes(11_000_000)], pair) == [11_000_000]


def test_a_mistake_in_the_set_up_of_a_worker_is_raised_here(pair: Machines) -> None:
    """A KnowrepoError crosses with its message and its hint."""
    with pytest.raises(KnowrepoError, match="the disk is full") as caught:
        results(fail, ["set-up"], pair)
    assert caught.value.hint == "make room"


def test_without_tasks_there_is_no_connection() -> None:
    """Nothing to do needs no cluster."""
    assert list(cluster.run(len, [], ROOMY, "127.0.0.1:1")) == []


def kill_the_worker(_: object) -> None:
    parent = multiprocessing.parent_process()
    assert parent
    assert parent.pid
    os.kill(parent.pid, signal.SIGKILL)


def test_a_task_that_kills_every_worker_is_given_up(tmp_path: Path) -> None:
    """What Dask calls a KilledWorker is the death of this task's worker."""
    with machines(tmp_path / "dask", workers=1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as where:
        assert results(kill_the_worker, ["x"], where) == [Death("KilledWorker")]


# What is wrong with a cluster


def test_another_knowrepo_is_refused(tmp_path: Path) -> None:
    """Workers that would make other bytes make none: one error says so."""
    shutil.copytree(ROOT / "knowrepo", tmp_path / "other" / "knowrepo", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "themes", tmp_path / "other" / "themes")
    gitrepo.write(tmp_path / "other", {"knowrepo/more.py": ""})
    with machines(tmp_path / "dask", workers=1, path=tmp_path / "other") as where, pytest.raises(KnowrepoError) as caught:
        results(len, ["x"], where)
    assert (caught.value.message, caught.value.status) == ("a worker of the Dask cluster has other versions: another knowrepo", 2)


def test_a_cluster_without_knowrepo_is_refused(tmp_path: Path) -> None:
    """Where knowrepo cannot be imported, one error says so."""
    gitrepo.write(tmp_path / "other", {"knowrepo/__init__.py": ""})
    with machines(tmp_path / "dask", workers=1, path=tmp_path / "other") as where, pytest.raises(KnowrepoError) as caught:
        results(len, ["x"], where)
    assert caught.value.message == "the Dask cluster cannot import knowrepo"


def test_a_cluster_without_workers_is_given_up(tmp_path: Path) -> None:
    """Nobody waits forever for machines that do not come."""
    with machines(tmp_path / "dask") as where, pytest.raises(NetworkError, match="has no workers"):
        results(len, ["x"], where, Bounds(1, 100, patience=0.1))


def test_a_scheduler_that_goes_away_is_one_error(tmp_path: Path) -> None:
    """When the scheduler is killed, the build ends, and what was rendered is in the cache. There are more posts than are on their way at a time."""
    root = gitrepo.make(tmp_path / "repo", {f"{number}.md": team.header(f"Number {number}") for number in range(130)})
    with machines(tmp_path / "dask", workers=1) as where:
        done: list[str] = []

        def progress(_done: int, _all: int, path: str) -> None:
            if path and not done:
                done.append(path)
                where.started[0].kill()

        with pytest.raises(NetworkError, match="has gone"):
            built(root, tmp_path / "out", where, progress)
    assert done
    assert known(tmp_path / "out-cache")


def command(root: Path, executor: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """``knowrepo build --executor``."""
    arguments = [sys.executable, "-m", "knowrepo", "-C", str(root), "build", "--executor", executor]
    return subprocess.run(arguments, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def test_the_command_renders_on_a_cluster(tmp_path: Path, pair: Machines) -> None:
    """``--executor dask://…`` is all it takes."""
    root = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A") + "Text.\n"})
    done = command(root, f"dask://{pair.address}")
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, "1 post published, none left out")
    assert (root / "public" / "posts" / "a" / "index.html").exists()


def test_a_scheduler_that_cannot_be_reached_is_one_error(tmp_path: Path) -> None:
    """Two lines and exit status 3."""
    root = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A")})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    done = command(root, f"dask://{address}", DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="300ms")
    assert (done.returncode, done.stderr.splitlines()) == (
        3,
        [
            f"error: the Dask scheduler at {address} cannot be reached",
            "help: start it with `dask scheduler`, or build without --executor",
        ],
    )


def test_a_missing_package_is_one_error(tmp_path: Path) -> None:
    """Without distributed the error says how to install it."""
    root = gitrepo.make(tmp_path / "repo", {"a.md": team.header("A")})
    gitrepo.write(tmp_path / "without", {"distributed.py": "raise ModuleNotFoundError\n"})
    done = command(root, "dask://127.0.0.1:1", PYTHONPATH=f"{tmp_path / 'without'}:{ROOT}")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "help: pip install 'knowrepo[dask]'")


@pytest.mark.parametrize("executor", ["ray://a:1", "dask://a", "a:1", "dask://"])
def test_an_executor_is_an_address(tmp_path: Path, executor: str) -> None:
    """Anything else is wrong usage."""
    done = command(tmp_path, executor)
    assert done.returncode == 2
    assert "it has to be dask://HOST:PORT" in " ".join(done.stderr.split())
