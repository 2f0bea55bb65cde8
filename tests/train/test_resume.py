"""A training that is killed, by the real SIGKILL, ends as if nothing had happened."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.train.kill_target import STEPS, train
from tests.train.problems import same_bits
from wellposed.train.arrays import read_header

ROOT = Path(__file__).parents[2]


def _start(folder, *arguments):
    command = [sys.executable, "-m", "tests.train.kill_target", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


def _step(path):
    return read_header(path)["step"]


def _wait_beyond(process, path, step):
    """Until the checkpoint is beyond a step; the process must still run."""
    while not path.exists() or _step(path) <= step:
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.005)


@pytest.fixture(scope="module")
def whole():
    """The training without any interruption, nor any file, nor short calls."""
    return train()


def test_killed_twice_and_resumed_it_ends_bit_for_bit_the_same(whole, tmp_path):
    path = tmp_path / "fit.checkpoint"
    delay = random.uniform(0.0, 0.5)  # at any moment: in a step, in a validation, in the writing of a file
    with _start(tmp_path) as first:
        _wait_beyond(first, path, 0)
        time.sleep(delay)
        first.kill()
    assert first.returncode == -signal.SIGKILL, f"it ended before it was killed after {delay} s"
    killed_at = _step(path)
    assert 0 < killed_at < STEPS

    second = _start(tmp_path, "300")  # dies with the temporary file half written, some thirty checkpoints on
    _, errors = second.communicate(timeout=120)
    assert second.returncode == -signal.SIGKILL, errors.decode()
    assert list(tmp_path.glob(".fit.checkpoint.*")), "it did not die in the writing of a file"
    assert killed_at < _step(path) < STEPS

    resumed = train(folder=tmp_path, resume=True)
    assert resumed.steps == STEPS
    assert same_bits(resumed.model, whole.model)
    assert resumed.best_step == whole.best_step
    for name in whole.history.terms:
        np.testing.assert_array_equal(resumed.history.terms[name], whole.history.terms[name])
    np.testing.assert_array_equal(resumed.history.validation_steps, whole.history.validation_steps)
    np.testing.assert_array_equal(resumed.history.validation, whole.history.validation)


def test_a_finished_training_is_read_back_without_a_step(whole, tmp_path):
    train(folder=tmp_path)
    before = (tmp_path / "fit.checkpoint").stat().st_mtime_ns
    again = train(folder=tmp_path, resume=True)
    assert same_bits(again.model, whole.model)
    assert again.best_step == whole.best_step
    assert again.seconds > 0
    assert (tmp_path / "fit.checkpoint").stat().st_mtime_ns == before
