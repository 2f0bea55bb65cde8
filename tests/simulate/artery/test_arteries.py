"""The data set: resumed, with cases left out, through Dask."""

import contextlib
import json
import logging

import h5py
import numpy as np
import pytest
from toy_case import toy

from wellposed.errors import InputError
from wellposed.simulate.artery import simulate_arteries, with_dask
from wellposed.simulate.artery.case import KINDS


def runner(fail=(), stop_at=None):
    """Cases of a few numbers each, out of order."""

    @contextlib.contextmanager
    def run(kind, seed, numbers):
        def done():
            for k in reversed(numbers):
                if k == stop_at:
                    raise KeyboardInterrupt
                yield k, (ArithmeticError("the flow did not converge") if k in fail else toy(100 * seed + k))

        yield done()

    return run


def silent(line):
    """Nobody reads what is said."""


def cases(path):
    with h5py.File(path) as file:
        return [int(np.asarray(group.attrs["case"])) for group in file.values()]


def test_an_interrupted_run_continues_and_leaves_out_what_failed(tmp_path):
    out, said = tmp_path / "arteries.h5", []
    with pytest.raises(KeyboardInterrupt):
        simulate_arteries(out, 5, run=runner(fail={3}, stop_at=1), say=said.append)
    assert not out.exists()
    assert simulate_arteries(out, 5, run=runner(fail={0, 1}), say=said.append) == 2
    assert cases(out) == [2, 4]
    assert "case 3 is left out: the flow did not converge" in said
    assert any("3 of 5 cases are there" in line for line in said)
    assert said[-1] == f"{out}: 2 arteries, 3 left out"
    assert [path.name for path in tmp_path.iterdir()] == ["arteries.h5"]


def test_another_seed_or_an_old_file_is_refused(tmp_path):
    out = tmp_path / "arteries.h5"
    with pytest.raises(KeyboardInterrupt):
        simulate_arteries(out, 3, run=runner(stop_at=0), say=silent)
    with pytest.raises(InputError, match=r"arteries.h5.parts: expected cases of .*'seed': 1.* found .*'seed': 0"):
        simulate_arteries(out, 3, seed=1, run=runner(), say=silent)
    simulate_arteries(out, 3, run=runner(), say=silent)
    with pytest.raises(InputError, match="expected no such file, found one"):
        simulate_arteries(out, 3, run=runner(), say=silent)


@pytest.mark.parametrize(("options", "match"), [({"kind": "triple"}, "--kind: expected"), ({"count": 0}, "--count")])
def test_wrong_options_are_refused(tmp_path, options, match):
    with pytest.raises(InputError, match=match):
        simulate_arteries(tmp_path / "a.h5", run=runner(), **options)


def test_a_defect_is_not_taken_for_a_flow_that_does_not_converge(tmp_path):
    @contextlib.contextmanager
    def broken(kind, seed, numbers):
        yield iter([(0, TypeError("a defect"))])

    with pytest.raises(TypeError, match="a defect"):
        simulate_arteries(tmp_path / "a.h5", 1, run=broken, say=silent)


def _toy(seed, number):
    if number == 1:
        raise ArithmeticError("no flow")
    return toy(10 * seed + number)


def test_dask_computes_the_cases_and_says_which_failed(tmp_path, monkeypatch):
    """On a cluster that runs already, in threads of this process."""
    dd = pytest.importorskip("distributed")
    monkeypatch.setitem(KINDS, "single", _toy)
    quiet = {"dashboard_address": ":0", "silence_logs": logging.ERROR}
    with dd.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", **quiet) as cluster:
        run = with_dask(1, cluster.scheduler_address)
        assert simulate_arteries(tmp_path / "a.h5", 4, seed=2, run=run, say=silent) == 3
    assert cases(tmp_path / "a.h5") == [20, 22, 23]


def test_no_scheduler_and_no_workers_are_refused():
    with pytest.raises(InputError, match="--workers: expected at least 1, found 0"):
        with_dask(0)


def test_the_plan_is_readable(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        simulate_arteries(tmp_path / "a.h5", 2, seed=4, run=runner(stop_at=1), say=silent)
    assert json.loads((tmp_path / "a.h5.parts" / "plan.json").read_text())["seed"] == 4
