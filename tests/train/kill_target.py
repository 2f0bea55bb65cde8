"""A training to be killed: `python -m tests.train.kill_target FOLDER [LEAF]`; dies by itself in writing leaf LEAF."""

import os
import signal
import sys

import jax

from tests.train.problems import ADAM, batches, network, noisy_loss, plain_loss, samples
from wellposed.train import FitResult, fit
from wellposed.train import arrays as files

STEPS = 3000


def validate(model):
    return plain_loss(model, samples(16, seed=9), None)[0]


def train(**options) -> FitResult:
    key = jax.random.key(3)
    return fit(
        network(),
        noisy_loss,
        batches(),
        ADAM,
        steps=STEPS,
        key=key,
        validate=validate,
        average=0.99,
        **options,
    )


def die_in_leaf(number: int) -> None:
    """From now on, SIGKILL in the midst of a file, before the leaf of that number since the start."""
    write, written = files._write_leaf, 0

    def write_or_die(stream, leaf):
        nonlocal written
        written += 1
        if written == number:
            stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        write(stream, leaf)

    files._write_leaf = write_or_die


if __name__ == "__main__":
    if len(sys.argv) > 2:
        die_in_leaf(int(sys.argv[2]))
    train(folder=sys.argv[1], resume=True, save_every=0.0, chunk=5)
