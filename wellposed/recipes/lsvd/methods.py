"""All maps of the recipe in one record: what a run saves, and what is audited and applied afterwards."""

from collections.abc import Callable, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from wellposed.inverse import FBP, TSVD, LearnedSVD, Tikhonov, TotalVariation
from wellposed.operators import SVD, Fan, Matrix, Radon

from .scanner import Scanner, blank
from .settings import Settings

Map = Callable[[Array], Array]

FILTERED = "FBP"
TIKHONOV = "Tikhonov"
CENTRED = "Tikhonov, centred"
TRUNCATED = "TSVD"
VARIATION = "TV"
DIAGONAL = "(b) diagonal Σ"
FULL = "(b) full Σ"
FROM_SVD = "(c) from the SVD"
FROM_RANDOM = "(d) from random"
NONLINEAR = "nonlinear L-SVD"
LEARNED = (DIAGONAL, FULL, FROM_SVD, FROM_RANDOM, NONLINEAR)


class Methods(eqx.Module):
    """The maps, sharing one SVD. As a map itself it is the nonlinear L-SVD.

    Attributes:
        scanner: the measurement.
        fbp: filtered back-projection; None for an operator from a file.
        alpha: Tikhonov's parameter.
        alpha_centred: that of Tikhonov's method about the training means.
        cut: how many singular values TSVD keeps.
        weight: of the total variation.
        gains: of (b), a diagonal Sigma over all singular values, U and V fixed.
        sigma: of (b), a full Sigma over the first k.
        c: the linear L-SVD from the SVD.
        d: the linear L-SVD from random.
        nonlinear: the nonlinear L-SVD.
    """

    scanner: Scanner
    fbp: FBP | None
    alpha: Float[Array, ""]
    alpha_centred: Float[Array, ""]
    cut: Int[Array, ""]
    weight: Float[Array, ""]
    gains: Float[Array, " all"]
    sigma: Float[Array, "k k"]
    c: LearnedSVD
    d: LearnedSVD
    nonlinear: LearnedSVD

    def __call__(self, y: Float[Array, "*data"]) -> Float[Array, "*signal"]:
        """The reconstruction of one sample by the nonlinear L-SVD."""
        return self.nonlinear(y)

    def maps(self) -> Mapping[str, Map]:
        """Every method by its name, from the classical to the learned."""
        svd, c = self.scanner.svd, self.c
        means = c.decode_data.centre, c.decode_signal.centre  # pyright: ignore[reportFunctionMemberAccess]
        fixed = lambda sigma: _with_sigma(LearnedSVD.from_svd(svd, len(sigma), *means), sigma)
        maps = {
            FILTERED: self.fbp,
            TIKHONOV: Tikhonov(svd, self.alpha),
            CENTRED: tikhonov_about(svd, means, self.alpha_centred),
            TRUNCATED: TSVD(svd, self.cut),
            VARIATION: total_variation(self.scanner.operator, self.weight),
            DIAGONAL: fixed(self.gains),
            FULL: fixed(self.sigma),
            FROM_SVD: self.c,
            FROM_RANDOM: self.d,
            NONLINEAR: self.nonlinear,
        }
        return {name: f for name, f in maps.items() if f is not None}


def tikhonov_about(svd: SVD, means: tuple[Array, Array], alpha: float | Array) -> LearnedSVD:
    """Tikhonov's method for the deviation from the mean picture: it knows the means that (b), (c) and (d) know."""
    return _with_sigma(LearnedSVD.from_svd(svd, svd.rank, *means), svd.s / (svd.s**2 + alpha))


def total_variation(operator: Matrix, weight: float | Array) -> TotalVariation:
    """Total variation of pictures that are known not to be negative."""
    return TotalVariation(operator, weight, nonnegative=True)


def _with_sigma(model: LearnedSVD, sigma: Array) -> LearnedSVD:
    return eqx.tree_at(lambda m: m.sigma, model, sigma)


def starts(
    settings: Settings, scanner: Scanner, means: tuple[Array, Array], alpha: float | Array, key: Key[Array, ""]
) -> tuple[LearnedSVD, LearnedSVD, LearnedSVD]:
    """(c), (d) and the nonlinear L-SVD as they are before training."""
    k, (key_d, key_n) = settings.rank, jax.random.split(key)
    s = scanner.svd.s[:k]
    c = _with_sigma(LearnedSVD.from_svd(scanner.svd, k, *means), jnp.diag(s / (s**2 + alpha)))
    d = LearnedSVD.random(k, *means, key_d)
    return c, d, d.nonlinear(settings.network, key_n, width=settings.channels, depth=settings.depth)


def build(settings: Settings, key: Key[Array, ""]) -> Methods:
    """The maps with the shapes of these settings and values that mean nothing: what a saved run is read into."""
    scanner = blank(settings)
    means = jnp.zeros(scanner.operator.out_shape), jnp.zeros(scanner.operator.in_shape)
    c, d, nonlinear = starts(settings, scanner, means, 1.0, key)
    k, s = settings.rank, scanner.svd.s
    fbp = None if scanner.radon is None or not invertible(scanner.radon) else FBP(scanner.radon)
    zero = jnp.zeros(())
    return Methods(
        scanner, fbp, zero, zero, jnp.ones((), jnp.int32), zero, jnp.zeros_like(s), jnp.zeros((k, k)), c, d, nonlinear
    )


def invertible(radon: Radon) -> bool:
    """Whether filtered back-projection can invert these views: a fan beam needs a full turn."""
    step = float(radon.angles[1] - radon.angles[0])
    return not isinstance(radon.geometry, Fan) or step * radon.angles.size > 6.28
