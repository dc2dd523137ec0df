"""Bounded workers: what exceeds a bound, or kills its process, costs itself and nothing else."""

from __future__ import annotations

import faulthandler
import hashlib
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nh3
import pytest

from knowrepo import workers
from knowrepo.errors import OutputError
from knowrepo.workers import Bounds, Death, Failure
from tests import gitrepo, notebooks, team

ROOMY = Bounds(20, 500)
TIGHT = Bounds(0.3, 100)


def results(work: Callable[[Any], Any], tasks: list[Any], bounds: Bounds = ROOMY, jobs: int = 2) -> list[Any]:
    """The results in the order of the tasks."""
    return [result for _, result in sorted(workers.run(work, tasks, bounds, jobs), key=lambda pair: pair[0])]


def double(number: int) -> tuple[int, int]:
    return 2 * number, os.getpid()


def die(name: str) -> str:
    faulthandler.disable()  # pytest's would print what is meant to happen
    if name.startswith("SIG"):
        os.kill(os.getpid(), signal.Signals[name])
    if name == "exit":
        os._exit(3)
    return name


def consume(what: str) -> str:
    if what == "loop":
        while True:
            pass
    if what == "memory":
        return str(len(bytearray(400_000_000)))
    if what == "hang":
        signal.pause()
    if what == "depth":
        return consume(what) + "."
    if what == "regex":
        return str(re.match("(a+)+$", "a" * 50 + "b"))
    if what == "native":
        return hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9).hex()
    if what == "swallowed":
        return nh3.Cleaner(attribute_filter=run_out).clean('<a href="https://a.example">a</a>')
    return what


def run_out(_tag: str, _name: str, _value: str) -> str:
    return str(len(bytearray(400_000_000)))


def fail(kind: str) -> str:
    if kind == "bug":
        raise ZeroDivisionError("a bug for this test")
    if kind == "none":
        return kind
    raise OutputError("the disk is full", hint="make room")


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_all_tasks_are_done_by_so_many_processes(jobs: int) -> None:
    """Every task is done once, by at most ``jobs`` other processes."""
    done = results(double, list(range(20)), jobs=jobs)
    assert [result for result, _ in done] == [2 * number for number in range(20)]
    assert 1 <= len({process for _, process in done}) <= jobs
    assert os.getpid() not in {process for _, process in done}


def test_without_tasks_there_is_no_process() -> None:
    """Nothing to do starts nothing, and does not even import multiprocessing."""
    code = "import sys; from knowrepo import workers; print(list(workers.run(len, [], workers.Bounds(1, 1), 2)), 'multiprocessing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"


def test_a_death_costs_only_its_own_task() -> None:
    """Workers that are killed, crash or exit are told apart; all other tasks are done."""
    done = results(die, ["a", "SIGKILL", "b", "SIGSEGV", "c", "SIGABRT", "exit", "d"])
    assert done == ["a", Death("SIGKILL"), "b", Death("SIGSEGV"), "c", Death("SIGABRT"), Death("exit status 3"), "d"]


@pytest.mark.parametrize(
    ("what", "failure"),
    [
        ("loop", Failure.SLOW),
        ("regex", Failure.SLOW),
        ("native", Failure.SLOW),
        ("memory", Failure.LARGE),
        ("swallowed", Failure.LARGE),
        ("depth", Failure.DEEP),
    ],
)
def test_what_exceeds_a_bound_fails_alone(what: str, failure: Failure) -> None:
    """Too much time (in Python, in a regular expression, in C), memory (also where a library swallows the exception) or depth: the neighbours are done."""
    assert results(consume, ["before", what, "after"], TIGHT, jobs=1) == ["before", failure, "after"]


def test_a_task_that_hangs_is_given_up() -> None:
    """A task that waits for what never comes uses no CPU time, but ends on the clock."""
    assert results(consume, ["hang"], Bounds(0.1, 100, patience=0.1)) == [Failure.SLOW]


def test_a_mistake_in_the_set_up_is_raised() -> None:
    """A KnowrepoError crosses with its message and its hint."""
    with pytest.raises(OutputError, match="the disk is full") as caught:
        results(fail, ["set-up"])
    assert caught.value.hint == "make room"


def test_a_bug_keeps_its_traceback_and_costs_its_task_alone() -> None:
    """Any other exception is printed with its traceback; the other tasks are done."""
    program = "from tests import test_workers as these; print(these.results(these.fail, ['bug', 'none'], jobs=1))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True)
    assert "in fail" in ended.stderr
    assert "ZeroDivisionError: a bug for this test" in ended.stderr
    assert ended.stdout.strip() == "[<Failure.BUG: 'bug'>, 'none']"


def test_no_worker_outlives_the_run() -> None:
    """Who stops listening in the middle leaves no process behind."""
    running = workers.run(double, list(range(100)), ROOMY, 3)
    _, result = next(running)
    assert isinstance(result, tuple)
    process = result[1]
    running.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_with_threads_workers_come_from_a_clean_process() -> None:
    """Where other threads run, as in the preview, nothing is forked from this process, and the same is done."""
    found: list[list[int]] = []
    thread = threading.Thread(target=lambda: found.append(results(abs, [-1, -2, -3])))
    thread.start()
    thread.join()
    assert found == [[1, 2, 3]]


def test_the_folder_for_temporary_files_may_have_a_long_name(tmp_path: Path) -> None:
    """A clean process is talked to through a socket in that folder, whose name may not be long; there workers start anew."""
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    code = """
        import threading
        from knowrepo import workers
        made = lambda: print(list(workers.run(abs, [-1], workers.Bounds(20, 500), 1)))
        thread = threading.Thread(target=made)
        thread.start()
        thread.join()
    """
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, env=environment)
    assert done.stdout == "[(0, 1)]\n", done.stderr


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    """When the parent is killed, its workers end with the task that they are at."""
    code = f"""
        import os, sys, time
        sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
        from knowrepo import workers
        from tests import test_workers
        for _, (_, process) in workers.run(test_workers.double, range(1000), workers.Bounds(9, 99), 2):
            print(process, flush=True)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert parent.stdout
    with parent.stdout as said:
        parent.stdout.readline()
        parent.kill()
        said.read()  # ends when the last process that has it open is gone
    assert parent.wait() == -signal.SIGKILL


# Posts


HOSTILE: dict[str, tuple[str, str | bytes, str]] = {
    "too-slow": ("slow.md", notebooks.HEADER.replace("tldr", "dialect: classic\ntldr") + "[" * 60_000, "max_seconds: 2\n"),
    "too-large": (
        "large.ipynb",
        notebooks.dump(notebooks.raw(notebooks.HEADER), metadata={"lists": [[]] * 1_500_000}),
        "max_memory_mb: 64\n",
    ),
}


@pytest.mark.parametrize("rule", HOSTILE)
def test_a_hostile_post_is_one_problem_and_the_rest_is_published(tmp_path: Path, rule: str) -> None:
    """A post that exceeds a bound is left out with one problem that names the setting; every other page is as without it."""
    path, content, settings = HOSTILE[rule]
    repository = gitrepo.make(tmp_path / "repo", {**team.FILES, "knowrepo.yml": settings})
    without = team.site(repository, tmp_path / "without")
    gitrepo.write(repository, {path: content})
    report = team.site(repository, tmp_path / "with", worktree=True)
    (left,) = [left for left in report.skipped if left.path == path]
    assert [(problem.rule, problem.path) for problem in left.problems] == [(rule, path)]
    assert settings.split(":")[0] in left.problems[0].hint
    assert report.published == without.published
    with_, without_ = team.tree(tmp_path / "with"), team.tree(tmp_path / "without")
    assert with_ == without_


@pytest.mark.parametrize("jobs", [2, 4])
def test_the_number_of_jobs_changes_nothing(tmp_path: Path, jobs: int) -> None:
    """One process or several: the same bytes, the same report."""
    repository = gitrepo.make(tmp_path / "repo", team.FILES)
    one = team.site(repository, tmp_path / "one", jobs=1)
    many = team.site(repository, tmp_path / "many", jobs=jobs)
    assert (one.published, one.skipped, one.problems) == (many.published, many.skipped, many.problems)
    assert team.tree(tmp_path / "one") == team.tree(tmp_path / "many")


# Spread


def alone(code: str) -> str:
    """What some code prints in a process of its own, which has one thread: others cannot be copied."""
    begin = "import os, signal\nfrom knowrepo.errors import OutputError\nfrom knowrepo.workers import spread\nown = os.getpid()\n"
    done = subprocess.run([sys.executable, "-c", begin + textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_makers_are_spread_over_processes() -> None:
    """Two makers that wait for each other are made by two processes; nothing is made twice, and of each maker the parts come in their order."""
    said = alone("""
        heard, said = os.pipe()
        def first():
            yield 1, os.getpid()
            os.read(heard, 1)
            yield 2, os.getpid()
        def second():
            os.write(said, b"!")
            yield 3, os.getpid()
        found = list(spread([first, second], 2))
        places = {part: process for part, process in found}
        print(sorted(places), len(found), places[1] == places[2] != places[3])
        print([part for part, _ in found if part < 3])
    """)
    assert said == "[1, 2, 3] 3 True\n[1, 2]\n"


def test_one_process_makes_all_in_turn() -> None:
    """With one process, nothing is copied."""
    assert list(workers.spread([lambda: [1, 2], lambda: [os.getpid()]], 1)) == [1, 2, os.getpid()]


@pytest.mark.parametrize("cause", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(3)"])
def test_what_a_copy_ended_at_is_made_here(cause: str) -> None:
    """A copy that is killed, or ends, costs nothing but time."""
    said = alone(f"""
        heard, said = os.pipe()
        def make(number):
            yield number
            if os.getpid() != own:
                {cause}
            os.dup2(heard, said)  # only the copy can write
            os.read(heard, 1)  # until it is gone
            yield -number
        print(sorted(set(spread([lambda: make(1), lambda: make(2), lambda: make(3)], 2))))
    """)
    assert said == "[-3, -2, -1, 1, 2, 3]\n"


def test_a_mistake_in_a_copy_is_met_here() -> None:
    """A mistake in the set-up is raised where the parts are asked for."""
    said = alone("""
        def make():
            yield 1
            raise OutputError("the disk is full")
        try:
            list(spread([make, make], 2))
        except OutputError as error:
            print(error)
    """)
    assert said == "the disk is full\n"


def test_no_copy_is_left() -> None:
    """Whoever does not ask for all parts leaves no process."""
    said = alone("""
        reading, writing = os.pipe()
        def make():
            if os.getpid() != own:
                os.write(writing, str(os.getpid()).encode())
            while True:
                yield 1
        parts = spread([make, make, make], 2)
        next(parts)
        process = int(os.read(reading, 20))
        parts.close()
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            print("gone", process != own)
    """)
    assert said == "gone True\n"
