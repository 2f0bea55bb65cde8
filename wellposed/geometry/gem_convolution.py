"""The gauge-equivariant mesh convolution: aggregated first, then one product per vertex and order."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import sum_slots, to_slots

from .gauge_field import GaugeField
from .surface import Surface


class EdgeTerms(eqx.Module):
    """What the convolutions of one surface share: radial weights times Fourier functions of the angle, per edge.

    Args:
        coefficients: `(slots, 2 order + 1, rings)`: with w, a ring's weight over the degree, these are w, and
            w cos(n theta) and w sin(n theta) for n = 1, ..., order; 0 in empty slots.
        turn: angle from the source's frame to that of the edge, `(slots,)`.
    """

    coefficients: Float[Array, "slots functions rings"]
    turn: Float[Array, " slots"]

    @staticmethod
    def of(surface: Surface, order: int, rings: int) -> "EdgeTerms":
        """The terms of a surface.

        Args:
            surface: the surface.
            order: largest order of the fields.
            rings: how many hat functions of the distance, whose sum is 1 up to the neighbourhoods' radius.
        """
        centres = jnp.linspace(0.0, 1.0, rings) if rings > 1 else jnp.zeros(1)
        spacing = 1 / max(rings - 1, 1)
        r = jnp.clip(surface.r, 0.0, 1.0)
        hats = jnp.maximum(1 - jnp.abs(r[:, None] - centres[None]) / spacing, 0) if rings > 1 else jnp.ones((len(r), 1))
        degree = jnp.append(surface.inverse_degrees(), 0.0)[surface.table.target_of_slot]
        hats = jnp.where(surface.table.filled[:, None], hats * degree[:, None], 0)
        n = jnp.arange(1, order + 1)
        angles = n[None] * surface.theta[:, None]
        waves = jnp.stack([jnp.cos(angles), jnp.sin(angles)], axis=-1).reshape(len(r), 2 * order)
        waves = jnp.concatenate([jnp.ones_like(r)[:, None], waves], axis=1)
        return EdgeTerms(waves[:, :, None] * hats[:, None, :], surface.connection - surface.theta)


class GemConvolution(eqx.Module):
    """y_p = sum_q rho_out(theta) W(r) rho_in(g - theta) x_q / degree + W_self x_p + b [@dehaan2021].

    The feature of a neighbour q is carried to p (by the connection angle g) and seen in the frame whose first axis
    points along the edge (at the angle theta). There any matrix W may act; its result is turned back. So the kernel is
    K(theta) = rho_out(theta) W rho_in(theta)^-1, and a change of the frames changes the output as it changes the input.

    rho_out(theta) takes few functions of theta: 1, cos and sin of n theta. So the neighbours are summed first, with
    these functions and the rings' weights as coefficients, and each vertex then needs one product for each order n of
    the output, in which pairs are complex numbers: y_n = sum over (ring, feature) of W_n z_n with
    z_n = sum_q w_ring e^{i n theta} u_q, u_q being the neighbour's numbers in the frame of the edge.

    W is free, so each ring has as many weights as a dense matrix. A vertex meets itself through a matrix that commutes
    with turning. Only scalars get a bias: any other would prefer a direction in an arbitrary frame.

    Args:
        source: the field of the input, such as `"8x0 + 8x1 + 8x2"`.
        target: the field of the output.
        rings: how many radial functions.
        key: of the initial weights.

    Shapes:
        `(vertices, source.dim) -> (vertices, target.dim)`.

    Example:
        >>> import jax
        >>> layer = GemConvolution("4x0 + 4x1", "2x0 + 1x1", key=jax.random.key(0))
        >>> [matrix.shape for matrix in layer.weights], layer.bias.shape
        ([(24, 2), (48, 1)], (2,))

    See also:
        `equivariance_error`, the law that it keeps.
    """

    weights: tuple[Float[Array, "..."], ...]
    own: tuple[Float[Array, "..."], ...]
    bias: Float[Array, " scalars"]
    source: GaugeField = eqx.field(static=True)
    target: GaugeField = eqx.field(static=True)
    rings: int = eqx.field(static=True)

    def __init__(self, source: str | GaugeField, target: str | GaugeField, *, rings: int = 2, key: Key[Array, ""]):
        self.source, self.target, self.rings = GaugeField.parse(source), GaugeField.parse(target), rings
        *keys, own = jax.random.split(key, len(self.target.counts) + 1)
        inputs = rings * self.source.dim
        rows = [inputs] + [2 * inputs] * self.target.order  # a complex weight is two numbers
        sizes = zip(keys, rows, self.target.counts, strict=True)
        self.weights = tuple(_uniform(k, (n, count), self.source.dim, self.target.dim) for k, n, count in sizes)
        self.own = uniform_weights(self.source, self.target, own)
        self.bias = jnp.zeros(self.target.counts[0])

    def __call__(self, x: Float[Array, "vertices inputs"], surface: Surface, edges: EdgeTerms | None = None) -> Array:
        """One surface; `edges` of `EdgeTerms.of(surface, target.order, rings)` may be shared by several layers."""
        edges = EdgeTerms.of(surface, self.target.order, self.rings) if edges is None else edges
        z = self._aggregate(x, surface, edges)  # (vertices, functions, rings, inputs)
        parts = []
        for n, count in enumerate(self.target.counts):
            first, last = (0, 1) if n == 0 else (2 * n - 1, 2 * n + 1)
            around = z[:, first:last].reshape(len(x), -1)
            y = around @ (self.weights[0] if n == 0 else _complex(self.weights[n]))
            parts.append(y + self.bias[None] if n == 0 else y.reshape(len(x), 2, count))
        return self.target.join(parts) + self_interaction(x, self.own, self.source, self.target)

    def _aggregate(self, x: Array, surface: Surface, edges: EdgeTerms) -> Array:
        table = surface.table
        u = self.source.rotated(to_slots(x, table), edges.turn)
        functions = 2 * self.target.order + 1
        coefficients = edges.coefficients[:, :functions].reshape(len(u), -1)
        if table.width is None:
            z = sum_slots(coefficients[:, :, None] * u[:, None, :], table)
        else:
            split = lambda values: values.reshape(table.targets, table.width, -1)
            z = jnp.einsum("vka,vkd->vad", split(coefficients), split(u))
        return z.reshape(len(x), functions, self.rings, self.source.dim)


def self_interaction(
    x: Float[Array, "vertices inputs"], weights: tuple[Array, ...], source: GaugeField, target: GaugeField
) -> Float[Array, "vertices outputs"]:
    """Each vertex by itself, through a matrix that commutes with turning: none mixes orders, pairs are complex."""
    parts = []
    for n, (part, count) in enumerate(zip(source.parts(x), target.counts, strict=False)):
        y = part.reshape(len(x), -1) @ (weights[0] if n == 0 else _complex(weights[n]))
        parts.append(y if n == 0 else y.reshape(len(x), 2, count))
    higher = target.counts[len(parts) :]
    return target.join([*parts, *(jnp.zeros((len(x), 2, count), x.dtype) for count in higher)])


def _complex(w: Float[Array, "twice outputs"]) -> Float[Array, "twice both"]:
    """The real matrix of (re, im) rows that multiplies by the complex matrix whose halves these are."""
    re, im = jnp.split(w, 2)
    return jnp.concatenate([jnp.concatenate([re, im], axis=1), jnp.concatenate([-im, re], axis=1)])


def uniform_weights(source: GaugeField, target: GaugeField, key: Key[Array, ""]) -> tuple[Float[Array, "..."], ...]:
    """Weights for `self_interaction`."""
    counts = list(zip(source.counts, target.counts, strict=False))
    keys = jax.random.split(key, len(counts))
    return tuple(
        _uniform(k, (a if n == 0 else 2 * a, b), a, b) for n, (k, (a, b)) in enumerate(zip(keys, counts, strict=True))
    )


def _uniform(key: Key[Array, ""], shape: tuple[int, int], inputs: int, outputs: int) -> Array:
    bound = math.sqrt(6 / max(inputs + outputs, 1))
    return jax.random.uniform(key, shape, minval=-bound, maxval=bound)
