"""A data set of arteries: independent cases side by side, each kept as soon as it is done."""

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from wellposed.errors import InputError
from wellposed.io.atomic import read_json, write_json
from wellposed.train.progress import Progress

from .case import AROUND, KINDS, Case
from .case_file import write_case, write_cases

Done: TypeAlias = Iterator[tuple[int, Case | Exception]]
Runner: TypeAlias = Callable[[str, int, list[int]], contextlib.AbstractContextManager[Done]]
"""(kind, seed, numbers) -> the cases with these numbers, or why there is none, in the order in which they end."""


def simulate_arteries(
    out: Path,
    count: int = 240,
    kind: str = "single",
    seed: int = 0,
    run: Runner | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Simulate arteries and write them into one file; after an interruption the same call continues.

    Each case is written into the folder `OUT.parts` as soon as it is done; when all are, they are joined and the
    folder goes. Cases that do not converge are reported and left out. Case k of a seed is the same whoever computes it.

    Args:
        out: the HDF5 file, see `write_cases` for its layout.
        count: cases that are tried.
        kind: `single` or `bifurcating`.
        seed: of the drawn shapes.
        run: what computes the cases; by default two workers of `with_dask`.
        say: prints a line.

    Returns:
        How many cases are in the file.

    Raises:
        InputError: the file exists, the folder holds cases of another seed or kind, or there is no such kind.
    """
    folder = _prepared(out, count, kind, seed)
    todo = [k for k in range(count) if not _part(folder, k).exists() and not _failure(folder, k).exists()]
    if count - len(todo):
        say(f"{folder}: {count - len(todo)} of {count} cases are there")
    with (
        Progress() as progress,
        progress.task("arteries", count, count - len(todo)) as advance,
        (run or with_dask(2))(kind, seed, todo) as done,
    ):
        for left, (number, case) in zip(reversed(range(len(todo))), done, strict=True):
            _keep(folder, number, case, say)
            advance(1)
            if not progress.console.is_interactive:
                say(f"case {number} done, {left} left")
    parts = [_part(folder, k) for k in range(count) if _part(folder, k).exists()]
    write_cases(out, parts, seed=seed, kind=kind)
    shutil.rmtree(folder)
    say(f"{out}: {len(parts)} arteries, {count - len(parts)} left out")
    return len(parts)


def with_dask(workers: int, scheduler: str | None = None) -> Runner:
    """Cases through Dask, one thread each, on this machine or on a cluster.

    Args:
        workers: processes on this machine.
        scheduler: address of a running Dask scheduler, such as `tcp://host:8786`, instead.

    Raises:
        InputError: Dask is not installed, or there is no scheduler.
    """
    if workers < 1:
        raise InputError(f"--workers: expected at least 1, found {workers}")
    if not find_spec("distributed"):
        raise InputError("simulate: expected Dask, found none: pip install 'wellposed[simulate]'")

    @contextlib.contextmanager
    def run(kind: str, seed: int, numbers: list[int]) -> Iterator[Done]:
        import dask.distributed as dd

        with contextlib.ExitStack() as stack:
            if not numbers:
                yield iter(())
                return
            cluster = scheduler or stack.enter_context(
                dd.LocalCluster(
                    n_workers=min(workers, len(numbers)), threads_per_worker=1, dashboard_address=":0", silence_logs=40
                )
            )
            try:
                client = stack.enter_context(dd.Client(cluster, timeout="10s"))
            except OSError as error:
                raise InputError(f"--scheduler {scheduler}: expected a Dask scheduler, found none ({error})") from None
            futures = {client.submit(KINDS[kind], seed, k, pure=False): k for k in numbers}
            yield _results(dd.as_completed(futures), futures)

    return run


def _results(finished: Iterable, futures: dict) -> Done:
    for future in finished:
        error = future.exception()
        yield futures.pop(future), future.result() if error is None else error
        future.release()


def _prepared(out: Path, count: int, kind: str, seed: int) -> Path:
    """The folder of the cases, which remembers what they are."""
    if kind not in KINDS:
        raise InputError(f"--kind: expected one of {', '.join(KINDS)}, found {kind}")
    if count < 1:
        raise InputError(f"--count: expected at least 1, found {count}")
    if seed < 0:
        raise InputError(f"--seed: expected a whole number of at least 0, found {seed}")
    if out.exists():
        raise InputError(f"{out}: expected no such file, found one: name another with --out, or remove it")
    folder, plan = out.with_name(out.name + ".parts"), {"kind": kind, "seed": seed, "around": AROUND}
    if (folder / "plan.json").exists():
        found = read_json(folder / "plan.json")
        if found != plan:
            raise InputError(f"{folder}: expected cases of {plan}, found {found}: name another file with --out")
    else:
        write_json(folder / "plan.json", plan)
    return folder


def _keep(folder: Path, number: int, case: Case | Exception, say: Callable[[str], None]) -> None:
    if isinstance(case, Case):
        write_case(_part(folder, number), case)
    elif isinstance(case, (ArithmeticError, ValueError)):
        say(f"case {number} is left out: {case}")
        write_json(_failure(folder, number), {"case": number, "reason": str(case)})
    else:
        raise case


def _part(folder: Path, number: int) -> Path:
    return folder / f"case-{number:05d}.h5"


def _failure(folder: Path, number: int) -> Path:
    return folder / f"case-{number:05d}.json"
