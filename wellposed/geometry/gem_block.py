"""The residual block of gauge-equivariant mesh networks."""

import equinox as eqx
import jax
from jaxtyping import Array, Float, Key

from .gauge_field import GaugeField
from .gauge_norm import GaugeNorm
from .gem_convolution import EdgeTerms, GemConvolution, self_interaction, uniform_weights
from .regular_nonlinearity import RegularNonlinearity
from .surface import Surface


class GemBlock(eqx.Module):
    """s(N(C_2 s(N(C_1 x))) + R x): convolutions C with norm N and nonlinearity s, and a residual path R [@dehaan2021].

    R is the identity if both fields are equal, and otherwise a matrix that commutes with turning, without any bias: a
    bias on pairs there would break the symmetry, as it does in the published code.

    Args:
        source: the field of the input.
        target: the field of the output.
        rings: of the convolutions.
        samples: of the nonlinearity.
        last: a last block ends without the nonlinearity and norm of its end, so that its output may have any size.
        key: of the initial weights.
    """

    first: GemConvolution
    second: GemConvolution
    norms: tuple[GaugeNorm, ...]
    residual: tuple[Float[Array, "..."], ...] | None
    inner: RegularNonlinearity
    outer: RegularNonlinearity | None

    def __init__(
        self,
        source: str | GaugeField,
        target: str | GaugeField,
        *,
        rings: int = 2,
        samples: int = 7,
        last: bool = False,
        key: Key[Array, ""],
    ):
        source, target = GaugeField.parse(source), GaugeField.parse(target)
        keys = jax.random.split(key, 3)
        middle = source if last else target
        self.first = GemConvolution(source, middle, rings=rings, key=keys[0])
        self.second = GemConvolution(middle, target, rings=rings, key=keys[1])
        self.norms = (GaugeNorm(middle),) if last else (GaugeNorm(middle), GaugeNorm(target))
        self.residual = None if source == target else uniform_weights(source, target, keys[2])
        self.inner = RegularNonlinearity(middle, samples)
        self.outer = None if last else RegularNonlinearity(target, samples)

    def __call__(
        self, x: Float[Array, "vertices inputs"], surface: Surface, edges: EdgeTerms | None = None
    ) -> Float[Array, "vertices outputs"]:
        """One surface; what lies at vertices that are not real is of no meaning."""
        order = max(self.first.target.order, self.second.target.order)
        edges = EdgeTerms.of(surface, order, self.first.rings) if edges is None else edges
        y = self.inner(self.norms[0](self.first(x, surface, edges), surface.real))
        y = self.second(y, surface, edges)
        if len(self.norms) > 1:
            y = self.norms[1](y, surface.real)
        source, target = self.first.source, self.second.target
        y = y + (x if self.residual is None else self_interaction(x, self.residual, source, target))
        return y if self.outer is None else self.outer(y)
