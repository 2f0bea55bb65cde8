"""H-DNN: networks that are Hamiltonian systems, with the interconnections J1 and J2."""

from typing import Literal, get_args

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from ..flow import Flow
from ..piecewise import Piecewise
from ..schemes import AbstractScheme, Euler, SymplecticEuler
from .weights import half, normal

Structure = Literal["J1", "J2"]


def interconnection(structure: Structure, width: int) -> Float[Array, "width width"]:
    """The antisymmetric matrix of an H-DNN [@galimberti2023].

    J1 = [[0, I], [-I, 0]] couples two halves; J2 couples everything: 1 above the diagonal and -1 below.

    Example:
        >>> interconnection("J2", 2)
        Array([[ 0.,  1.],
               [-1.,  0.]], dtype=float32)
    """
    if structure not in get_args(Structure):
        raise ValueError(f"interconnection expects one of {list(get_args(Structure))}, got {structure!r}.")
    if structure == "J2":
        ones = jnp.ones((width, width))
        return jnp.triu(ones, 1) - jnp.tril(ones, -1)
    eye = jnp.eye(half(width, "interconnection J1"))
    return jnp.block([[jnp.zeros_like(eye), eye], [-eye, jnp.zeros_like(eye)]])


class HDNNLayer(eqx.Module):
    """dx/dt = J dH/dx with H(x) = sum log cosh(K x + b), that is J K' tanh(K x + b) [@galimberti2023].

    H is constant along the flow of a layer, the eigenvalues of its Jacobian J K' diag(tanh') K are imaginary,
    and the flow keeps the structure: S J S' = J with S = dx(t) / dx(0), so that |S| >= 1.

    Args:
        weight: K; with separate halves for positions and momenta where H shall be separable.
        bias: b.
        structure: J1 or J2.
        separable: whether K couples no positions with momenta, as `SymplecticEuler` needs it: the blocks off
            the diagonal of `weight` are then left out.

    Example:
        >>> HDNNLayer(jnp.eye(2), jnp.zeros(2))(0.0, jnp.array([0.0, 20.0]), None)
        Array([1., 0.], dtype=float32)
    """

    weight: Float[Array, "width width"]
    bias: Float[Array, " width"]
    structure: Structure = eqx.field(static=True, default="J1")
    separable: bool = eqx.field(static=True, default=False)

    @property
    def J(self) -> Float[Array, "width width"]:
        """The interconnection."""
        return interconnection(self.structure, len(self.bias)).astype(self.bias.dtype)

    @property
    def K(self) -> Float[Array, "width width"]:
        """The weight, block-diagonal if separable."""
        if not self.separable:
            return self.weight
        first = jnp.arange(len(self.bias)) < len(self.bias) // 2
        return jnp.where(first[:, None] == first[None, :], self.weight, 0)

    def __call__(self, t: object, x: Float[Array, " width"], args: object) -> Float[Array, " width"]:
        """dx/dt."""
        return self.J @ (self.K.T @ jnp.tanh(self.K @ x + self.bias))

    def energy(self, x: Float[Array, " width"]) -> Float[Array, ""]:
        """H."""
        u = self.K @ x + self.bias
        return jnp.sum(jnp.logaddexp(u, -u) - jnp.log(2.0))


def hdnn(
    width: int,
    depth: int,
    key: Key[Array, ""],
    t1: float = 1.0,
    structure: Structure = "J1",
    separable: bool = False,
    solver: AbstractScheme | None = None,
) -> Flow:
    """A Hamiltonian deep neural network, x_{k+1} = x_k + h J K_k' tanh(K_k x_k + b_k) [@galimberti2023].

    Args:
        width: length of the state, even.
        depth: number of layers, and of steps.
        key: of the random weights.
        t1: the end of the interval.
        structure: J1 or J2.
        separable: semi-implicit steps on a separable H with J1: a symplectic network, whose gradients cannot
            vanish. Without it the steps are explicit Euler's, as in the paper, and keep the laws up to their error.
        solver: another scheme; by default `SymplecticEuler` if separable, else `Euler`.

    Returns:
        A flow of states of shape `(width,)`.

    Raises:
        ValueError: if the width is odd, or separable is asked of J2.

    Example:
        >>> import jax
        >>> from wellposed.dynamics import backward_gradient_norms
        >>> flow = hdnn(4, 20, jax.random.key(0), t1=4.0, separable=True)
        >>> bool((backward_gradient_norms(flow, jnp.ones(4)) > 0.999).all())
        True

    When it fails: gradients do not vanish, but they may explode; and explicit Euler loses the laws for large steps.
    """
    half(width, "hdnn")
    if separable and structure != "J1":
        raise ValueError(f"hdnn expects the structure J1 where it is separable, got {structure}.")
    build = lambda key: HDNNLayer(normal(key, width, width), jnp.zeros(width), structure, separable)
    scheme = solver or (SymplecticEuler() if separable else Euler())
    return Flow(Piecewise.stacked(build, depth, key, 0.0, t1), scheme, t1=t1, steps=depth)
