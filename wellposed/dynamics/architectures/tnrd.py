"""Trainable nonlinear reaction-diffusion: a field on images."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import Euler


class TNRDLayer(eqx.Module):
    """du/dt = -sum_i K_i' phi_i(K_i u) - lambda (u - f), with the noisy image f as `args` [@chen2017].

    K_i is the correlation with a small filter, the image being continued by reflection at its edges, and K_i'
    its exact adjoint. Each filter is a unit vector in the basis of the discrete cosine transform without the
    constant; each phi_i is a sum of Gaussians, so that diffusion and, where phi_i decreases, its opposite,
    reaction, are both learned.

    Args:
        filters: coefficients of the filters in that basis, (filters, size^2 - 1).
        influence: coefficients of phi_i on Gaussians whose centres span [-range, range].
        fidelity: log lambda.
        size: side of a filter in pixels, odd.
        range: of the responses, in units of the image.

    Shapes:
        The state and `args` are images `(height, width)`.

    Example:
        >>> layer = TNRDLayer.random(jax.random.key(0), size=3, gaussians=15)
        >>> flat = jnp.full((6, 6), 0.5)
        >>> bool(jnp.abs(layer(0.0, flat, flat)).max() < 1e-5)  # nothing diffuses in a constant image
        True
    """

    filters: Float[Array, "filters coefficients"]
    influence: Float[Array, "filters gaussians"]
    fidelity: Float[Array, ""]
    size: int = eqx.field(static=True, default=5)
    range: float = eqx.field(static=True, default=1.5)

    @classmethod
    def random(
        cls,
        key: Key[Array, ""],
        size: int = 5,
        gaussians: int = 31,
        fidelity: float = 0.1,
        strength: float = 1.0,
    ) -> "TNRDLayer":
        """As many filters as the basis has, each near one of its vectors, and phi(z) = strength tanh(z) in all."""
        if size < 3 or size % 2 == 0:
            raise ValueError(f"TNRDLayer expects filters of odd size from 3, got {size}: take {max(3, size + 1)}.")
        count = size**2 - 1
        filters = jnp.eye(count) + 0.1 * jax.random.normal(key, (count, count))
        weights = _fitted(strength, gaussians, 1.5)
        return cls(filters, jnp.tile(weights[None], (count, 1)), jnp.log(jnp.asarray(fidelity)), size)

    @property
    def kernels(self) -> Float[Array, "filters size size"]:
        """The filters as pictures: each of mean 0 and norm 1."""
        unit = self.filters / jnp.linalg.norm(self.filters, axis=1, keepdims=True)
        return (unit @ jnp.asarray(_cosines(self.size), unit.dtype)).reshape(-1, self.size, self.size)

    def phi(self, z: Float[Array, "filters height width"]) -> Float[Array, "filters height width"]:
        """The influence functions, each of its own response."""
        centres = jnp.linspace(-self.range, self.range, self.influence.shape[1], dtype=z.dtype)
        width = 2 * self.range / (self.influence.shape[1] - 1)
        add = lambda total, term: (total + term[0][:, None, None] * _gaussian((z - term[1]) / width), None)
        return jax.lax.scan(add, jnp.zeros_like(z), (self.influence.T, centres))[0]

    def respond(self, u: Float[Array, "height width"]) -> Float[Array, "filters height width"]:
        """The responses K_i u."""
        around = jnp.pad(u, self.size // 2, mode="symmetric")[None, None]
        kernels = self.kernels[:, None].astype(u.dtype)
        return jax.lax.conv_general_dilated(around, kernels, (1, 1), "VALID")[0]

    def __call__(
        self, t: object, x: Float[Array, "height width"], args: Float[Array, "height width"]
    ) -> Float[Array, "height width"]:
        """du/dt."""
        responses, adjoint = jax.vjp(self.respond, x)
        return -adjoint(self.phi(responses))[0] - jnp.exp(self.fidelity) * (x - args)


def tnrd(
    depth: int,
    key: Key[Array, ""],
    size: int = 5,
    gaussians: int = 31,
    step: float = 0.05,
    fidelity: float = 0.1,
) -> Flow:
    """Trainable nonlinear reaction-diffusion, a few explicit steps with their own filters [@chen2017].

    Args:
        depth: number of layers, and of steps: the paper has 5 to 8.
        key: of the random filters.
        size: side of the filters in pixels.
        gaussians: of each influence function; the paper has 63.
        step: h.
        fidelity: lambda at the start.

    Returns:
        A flow of images `(height, width)`, called with the noisy image twice: `flow(f, f)`.

    Raises:
        ValueError: if the size of the filters is even or below 3.

    Example:
        >>> noisy = jax.random.normal(jax.random.key(1), (8, 8))
        >>> flow = tnrd(3, jax.random.key(0), size=3)
        >>> bool(jnp.std(flow(noisy, noisy)) < jnp.std(noisy))
        True

    When it fails: at the start all influence functions increase and the flow is a diffusion, stable for steps
        below 2 / (size^2 + lambda), and a fifth less at the edges of pictures, where the padding counts pixels twice:
        0.066 at size 5; what is learned may react, and then only training keeps it bounded.
        Responses beyond `range` have no influence.
    """
    build = lambda key: TNRDLayer.random(key, size, gaussians, fidelity)
    return Flow(Piecewise.stacked(build, depth, key, 0.0, step * depth), Euler(), t1=step * depth, steps=depth)


def _gaussian(z: Array) -> Array:
    return jnp.exp(-(z**2) / 2)


def _fitted(strength: float, gaussians: int, range_: float) -> Float[Array, " gaussians"]:
    """The coefficients with which Gaussians are strength tanh(z) in the least-squares sense."""
    z, centres = np.linspace(-range_, range_, 8 * gaussians), np.linspace(-range_, range_, gaussians)
    basis = np.exp(-(((z[:, None] - centres) * (gaussians - 1) / (2 * range_)) ** 2) / 2)
    return jnp.asarray(np.linalg.lstsq(basis, strength * np.tanh(z), rcond=1e-6)[0], jnp.result_type(float))


def _cosines(size: int) -> np.ndarray:
    """The orthonormal basis of the two-dimensional discrete cosine transform, without the constant."""
    n = np.arange(size)
    one = np.sqrt(2 / size) * np.cos(np.pi * (n[None, :] + 0.5) * n[:, None] / size)
    one[0] /= np.sqrt(2)
    return np.einsum("ij,kl->ikjl", one, one).reshape(size**2, size**2)[1:]
