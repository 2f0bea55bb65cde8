"""A potential in space and time, with its derivatives in closed form."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import log_cosh


class Derivatives(NamedTuple):
    """The derivatives of a potential at one point.

    Attributes:
        gradient: grad Phi, in space.
        time: d Phi / dt.
        laplacian: tr(Hessian of Phi), in space.
    """

    gradient: Float[Array, " d"]
    time: Float[Array, ""]
    laplacian: Float[Array, ""]


class Potential(eqx.Module):
    """Phi(s) = w' N(s) + s' A'A s / 2 + b's + c at s = (x, t), with a residual network N [@onken2021].

    u_0 = sigma(K_0 s + b_0), u_i = u_{i-1} + h sigma(K_i u_{i-1} + b_i), N(s) = u_depth, h = 1 / depth, with sigma the
    antiderivative of tanh. Gradient and Laplacian are written out, in O(width^2 d): no automatic derivative of second
    order, and no probe.

    Args:
        opening: K_0.
        opening_bias: b_0.
        matrices: K_i, stacked.
        biases: b_i, stacked.
        weight: w.
        quadratic: A.
        linear: b.
        constant: c.

    Shapes:
        `x: (d,)`, `t: ()`.

    Example:
        >>> phi = Potential.random(3, 16, jax.random.key(0))
        >>> x, t = jnp.array([0.5, -1.0, 2.0]), jnp.array(0.3)
        >>> d = phi.derivatives(x, t)
        >>> bool(jnp.allclose(d.gradient, jax.grad(phi)(x, t), rtol=1e-4))
        True
        >>> bool(jnp.allclose(d.laplacian, jnp.trace(jax.hessian(phi)(x, t)), rtol=1e-4))
        True
    """

    opening: Float[Array, "width d1"]
    opening_bias: Float[Array, " width"]
    matrices: Float[Array, "depth width width"]
    biases: Float[Array, "depth width"]
    weight: Float[Array, " width"]
    quadratic: Float[Array, "rank d1"]
    linear: Float[Array, " d1"]
    constant: Float[Array, ""]

    @classmethod
    def random(cls, d: int, width: int, key: Key[Array, ""], depth: int = 1, rank: int = 10) -> "Potential":
        """The published start: uniform matrices, w = 1, b = c = 0.

        Args:
            d: dimensions of space.
            width: of the network.
            key: of the random weights.
            depth: residual layers after the opening one; 1 in all published settings.
            rank: the most rows of A; no more than d + 1 are of use.

        Raises:
            ValueError: a number is not positive.
        """
        if min(d, width, depth, rank) < 1:
            raise ValueError(
                f"Potential expects positive numbers, got d={d}, width={width}, depth={depth}, rank={rank}."
            )
        keys = jax.random.split(key, 5)
        rows = min(rank, d + 1)

        def uniform(key: Key[Array, ""], shape: tuple[int, ...], bound: float) -> Array:
            return jax.random.uniform(key, shape, minval=-bound, maxval=bound)

        return cls(
            opening=uniform(keys[0], (width, d + 1), (d + 1) ** -0.5),
            opening_bias=uniform(keys[1], (width,), (d + 1) ** -0.5),
            matrices=uniform(keys[2], (depth, width, width), width**-0.5),
            biases=uniform(keys[3], (depth, width), width**-0.5),
            weight=jnp.ones(width),
            quadratic=uniform(keys[4], (rows, d + 1), (6 / (rows + d + 1)) ** 0.5),
            linear=jnp.zeros(d + 1),
            constant=jnp.zeros(()),
        )

    @property
    def dimension(self) -> int:
        """d, of space."""
        return len(self.linear) - 1

    def __call__(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, ""]:
        """Phi(x, t)."""
        s = self._point(x, t)
        u = log_cosh(s @ self.opening.T + self.opening_bias)[0]  # (width,)
        for matrix, bias in zip(self.matrices, self.biases, strict=True):
            u = u + log_cosh(u @ matrix.T + bias)[0] / len(self.matrices)
        return self.weight @ u + jnp.sum((s @ self.quadratic.T) ** 2) / 2 + self.linear @ s + self.constant

    def gradient(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, " d"]:
        """grad Phi, in space."""
        s = self._point(x, t)
        return self._gradient(s, self._backward(self._slopes(s))[0])[:-1]

    def derivatives(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Derivatives:
        """Gradient, time derivative and Laplacian at once.

        Reverse mode keeps the products with matrices and computes the rest again: that is cheaper than to store it.
        """
        keep = jax.checkpoint_policies.dots_saveable
        return jax.checkpoint(type(self)._written_out, policy=keep, prevent_cse=False)(self, x, t)

    def _written_out(self, x: Array, t: Array) -> Derivatives:
        """The Laplacian of w' N is sum_i h sum (sigma'' z_{i+1}) (K_i J_{i-1})^2 over layers, J_i = du_i / dx."""
        s = self._point(x, t)
        slopes, moved = self._forward(s)
        at_opening, z = self._backward(slopes)
        gradient = self._gradient(s, at_opening)
        total = jnp.sum(self.quadratic[:, :-1] ** 2)
        for i, (slope, after, rows) in enumerate(zip(slopes, z, moved, strict=True)):
            bend = ((1 - slope**2) * after) @ jnp.sum(rows**2, axis=0)
            total = total + (bend if i == 0 else bend / len(self.matrices))
        return Derivatives(gradient[:-1], gradient[-1], total)

    def _forward(self, s: Float[Array, " d1"]) -> tuple[list[Array], list[Array]]:
        """sigma' in every layer, and its matrix times the Jacobian of what comes in, transposed: (axes, width).

        The state and the Jacobian's rows go through a layer's matrix in one product.
        """
        rows = self._rotated()
        u, slope = log_cosh(s @ self.opening.T + self.opening_bias)
        slopes, moved, jacobian, h = [slope], [rows], rows * slope[None], 1 / len(self.matrices)
        for matrix, bias in zip(self.matrices, self.biases, strict=True):
            through = jnp.concatenate([u[None], jacobian]) @ matrix.T
            step, slope = log_cosh(through[0] + bias)
            u, jacobian = u + h * step, jacobian + h * slope[None] * through[1:]
            slopes.append(slope)
            moved.append(through[1:])
        return slopes, moved

    def _point(self, x: Float[Array, " d"], t: Float[Array, ""]) -> Float[Array, " d1"]:
        if x.shape != (self.dimension,):
            raise ValueError(f"Potential expects x of shape ({self.dimension},), got {x.shape}: use vmap for batches.")
        return jnp.append(x, jnp.asarray(t, x.dtype))

    def _slopes(self, s: Float[Array, " d1"]) -> list[Float[Array, " width"]]:
        """sigma' in every layer, from the opening on."""
        u, slope = log_cosh(s @ self.opening.T + self.opening_bias)
        slopes = [slope]
        for matrix, bias in zip(self.matrices, self.biases, strict=True):
            step, slope = log_cosh(u @ matrix.T + bias)
            u = u + step / len(self.matrices)
            slopes.append(slope)
        return slopes

    def _backward(self, slopes: list[Array]) -> tuple[Float[Array, " width"], list[Float[Array, " width"]]]:
        """dN/du_0, and dN/du_i after each residual layer, the last being w."""
        z = self.weight
        after = []
        for matrix, slope in zip(self.matrices[::-1], slopes[:0:-1], strict=True):
            after.append(z)
            z = z + (slope * z) @ matrix / len(self.matrices)
        return slopes[0] * z, [z, *after[::-1]]

    def _gradient(self, s: Array, at_opening: Array) -> Float[Array, " d1"]:
        return at_opening @ self.opening + s @ (self.quadratic.T @ self.quadratic) + self.linear

    def _rotated(self) -> Float[Array, "axes width"]:
        """K_0' in space, min(d, width) axes: a Laplacian is the same in rotated axes, and only the rows of R matter."""
        matrix = self.opening[:, :-1].T  # (d, width)
        return matrix if self.dimension <= len(self.weight) else jnp.linalg.qr(matrix, mode="r")
