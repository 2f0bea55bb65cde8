"""The audit of the recipe: what the six questions need to know about this inverse problem."""

from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from wellposed.audit import Answer, Curve, Decoder, Problem, Symmetry, six
from wellposed.inverse import LearnedSVD
from wellposed.operators import Parallel, Radon
from wellposed.train import Progress

from .methods import NONLINEAR, TIKHONOV, Methods
from .scanner import Scanner
from .settings import Settings

TRAINING_PICTURES = 64
FEW = (TIKHONOV, NONLINEAR)
Pair = tuple[Array, Array]  # pictures (n, *signal) and their data (n, *data)


class Redraw(eqx.Module):
    """New data of one picture, at a level of noise relative to the scanner's."""

    scanner: Scanner

    def __call__(self, key: Array, x: Array, level: float | Array) -> Array:
        """The data of picture x."""
        return self.scanner.noise(key, self.scanner.operator.mv(x), level * self.scanner.noise.level)


def problem(
    scanner: Scanner, test: Pair, train: Pair, elsewhere: Mapping[str, Pair], curves: Mapping[str, Mapping[str, Curve]]
) -> Problem:
    """The record that the audit asks about; noise levels count in multiples of the scanner's."""
    x, y = test
    return Problem(
        scanner.operator,
        x,
        y=y,
        clean=scanner.project(x),
        level=1.0,
        redraw=Redraw(scanner),
        svd=scanner.svd,
        symmetries=symmetries(scanner.radon),
        train=train,
        elsewhere=dict(elsewhere),
        expressivity=dict(curves),
    )


def symmetries(radon: Radon | None) -> tuple[Symmetry, ...]:
    """Rotations of the object that the views of a parallel beam over half a turn can follow exactly.

    A half turn mirrors every view. A quarter turn of a square picture moves each view to the one a quarter turn on, if
    the views are equispaced over half a turn and even in number; those moved past its end come back mirrored.
    """
    if radon is None or not isinstance(radon.geometry, Parallel):
        return ()
    half = Symmetry("half a turn", lambda y: y[:, ::-1], lambda x: x[::-1, ::-1])
    views = radon.angles.size
    full = abs(float(radon.angles[1] - radon.angles[0]) * views - jnp.pi) < 1e-3
    if not full or views % 2 or radon.shape[0] != radon.shape[1]:
        return (half,)
    shift = views // 2
    turn = lambda y: jnp.concatenate([y[shift:, ::-1], y[:shift]])
    return half, Symmetry("a quarter turn", turn, jnp.rot90)


def audited(
    settings: Settings, methods: Methods, asked: Problem, key: Array, progress: Progress
) -> dict[str, dict[str, Answer]]:
    """All six answers for every map that the settings want audited."""
    wanted = lambda name: settings.audit_all or name in FEW
    maps, answers = {name: f for name, f in methods.maps().items() if wanted(name)}, {}
    with progress.task("audit", total=len(maps)) as advance:
        for name, f in maps.items():
            decoder = Decoder(f.decode_signal, f.sigma.shape[-1]) if isinstance(f, LearnedSVD) else None
            answers[name] = six(f, asked, key, name, decoder=decoder)
            advance(1, map=name)
    return answers
