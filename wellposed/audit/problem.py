"""The record of everything that the six questions need to know about a problem."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray, Shaped

from wellposed.operators import SVD

Map = Callable[[Array], Array]  # one datum -> one image


class Curve(NamedTuple):
    """Relative errors of the same pictures at each of several settings (a rank, a number of images).

    Args:
        values: the settings, ascending.
        errors: one row per setting, one column per picture.

    Example:
        >>> Curve(np.array([10, 20]), np.array([[0.4, 0.5], [0.3, 0.4]])).errors.mean(1).round(2)
        array([0.45, 0.35])
    """

    values: Shaped[np.ndarray, " settings"]
    errors: Float[np.ndarray, "settings pictures"]


class Symmetry(eqx.Module):
    """A change of the object that shows in the data as a change that is known beforehand.

    Equation: A R x = S A x, so a map f that keeps the structure fulfils f(S y) = R f(y).

    Args:
        name: what is done to the object, for a reader: "half a turn".
        on_data: S, one datum -> one datum (a rotation of the object shifts the angles).
        on_image: R, one image -> one image.

    Example:
        >>> shift = Symmetry("shift by one pixel", lambda y: jnp.roll(y, 1), lambda x: jnp.roll(x, 1))
        >>> shift.on_data(jnp.array([1.0, 2.0, 3.0]))
        Array([3., 1., 2.], dtype=float32)
    """

    name: str = eqx.field(static=True)
    on_data: Callable[[Array], Array]
    on_image: Callable[[Array], Array]


class Problem(eqx.Module):
    """An inverse problem y = A x + noise, as the audit asks about it: an immutable record.

    Args:
        operator: A, any lineax operator from one image to one datum; used through `mv` (and `T.mv`) only.
        x: the true test images.
        y: their noisy data, row by row.
        clean: their noise-free data, so that `y - clean` is the noise.
        level: the noise level of `y`, in whatever unit `redraw` counts.
        redraw: `(key, x, level) -> y`, new data of one image at another noise level (pure JAX).
        svd: the operator's leading singular vectors; without it the questions compute the few that they need.
        symmetries: what a reconstruction has to commute with.
        train: (x, y) that the maps learned from.
        elsewhere: name -> (x, y) from other distributions.
        expressivity: method -> {"rank": Curve, "images": Curve}, as measured by `expressive.measure`.

    Raises:
        ValueError: where the shapes of x, y, clean and the operator do not fit.

    Example:
        >>> A = lx.DiagonalLinearOperator(jnp.array([1.0, 0.5]))
        >>> redraw = lambda key, x, level: A.mv(x) + level * jax.random.normal(key, (2,))
        >>> x = jnp.array([[1.0, 2.0], [3.0, 4.0]])
        >>> clean = jax.vmap(A.mv)(x)
        >>> problem = Problem(A, x, y=clean + 0.1, clean=clean, level=0.1, redraw=redraw)
        >>> problem.noise.round(4)
        array([0.1414, 0.1414])
    """

    operator: lx.AbstractLinearOperator
    x: Shaped[Array | np.ndarray, "n *image"]
    y: Shaped[Array | np.ndarray, "n *datum"]
    clean: Shaped[Array | np.ndarray, "n *datum"]
    level: float
    redraw: Callable[[PRNGKeyArray, Array, float], Array]
    svd: SVD | None = None
    symmetries: tuple[Symmetry, ...] = ()
    train: tuple[Array | np.ndarray, Array | np.ndarray] | None = None
    elsewhere: Mapping[str, tuple[Array | np.ndarray, Array | np.ndarray]] = eqx.field(default_factory=dict)
    expressivity: Mapping[str, Mapping[str, Curve]] = eqx.field(default_factory=dict)

    def __check_init__(self):
        """Compare the shapes once, so that every question can rely on them."""
        image, datum = self.operator.in_structure().shape, self.operator.out_structure().shape
        sets = {"test": (self.x, self.y), "clean": (self.x, self.clean), **self.elsewhere}
        if self.train is not None:
            sets["train"] = self.train
        for name, (x, y) in sets.items():
            if x.shape[1:] != image or y.shape[1:] != datum or len(x) != len(y):
                raise ValueError(
                    f"Problem, {name} set: expected images (n, {image}) and data (n, {datum}) as its "
                    f"operator maps them, found {x.shape} and {y.shape}: pass one row per sample"
                )

    @property
    def noise(self) -> Float[np.ndarray, " n"]:
        """The norm of the noise in each datum."""
        return norms(np.asarray(self.y) - np.asarray(self.clean))

    def check(self, f: Map) -> None:
        """Raise a ValueError unless f maps one datum to one image."""
        found = jax.eval_shape(f, self.operator.out_structure()).shape
        expected = self.operator.in_structure().shape
        if found != expected:
            raise ValueError(
                f"Problem: expected a map from one datum to one image of shape {expected}, found a map to "
                f"{found}: give the map itself, not its vmap"
            )


def norms(batch: Shaped[Array | np.ndarray, "n *sample"]) -> Float[np.ndarray, " n"]:
    """The Euclidean norm of each sample, in float64.

    Example:
        >>> norms(np.array([[3.0, 4.0], [0.0, 1.0]]))
        array([5., 1.])
    """
    return np.linalg.norm(np.abs(np.asarray(batch)).astype(float).reshape(len(batch), -1), axis=1)


def spread(n: int, count: int) -> Int[np.ndarray, " count"]:
    """At most `count` indices spread evenly over 0..n-1: neighbours among test pictures are alike.

    Example:
        >>> spread(10, 4)
        array([0, 3, 6, 9])
    """
    return np.unique(np.linspace(0, n - 1, min(n, count)).round().astype(int))


@eqx.filter_jit
def _batched(f, batch):
    return jax.vmap(f)(batch)


def forward(f: Map, batch: Array | np.ndarray, width: int = 8) -> np.ndarray:
    """f of every sample, `width` at a time in batches of one shape, so that it is compiled once.

    Example:
        >>> forward(lambda y: 2 * y, np.ones((3, 2), np.float32)).shape
        (3, 2)
    """
    batch, chunks = np.asarray(batch), []
    for start in range(0, len(batch), width):
        chunk = batch[start : start + width]
        padded = np.concatenate([chunk, np.repeat(chunk[-1:], width - len(chunk), axis=0)])
        chunks.append(np.asarray(_batched(f, jnp.asarray(padded)))[: len(chunk)])
    return np.concatenate(chunks)
