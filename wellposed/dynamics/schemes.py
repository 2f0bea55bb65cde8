"""Fixed-step schemes: a Butcher tableau is a record, and one step serves them all; two symplectic ones beside."""

import abc
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

Slope: TypeAlias = Callable[[Any, Any], Any]
"""A field with its arguments bound: (t, x) -> dx/dt."""


class Tableau(NamedTuple):
    """An explicit Butcher tableau [@butcher2016]: stage i is k_i = f(t + c_i h, x + h sum_j a_ij k_j), with c_1 = 0."""

    a: tuple[tuple[float, ...], ...]
    b: tuple[float, ...]
    c: tuple[float, ...]


class AbstractScheme(eqx.Module):
    """A one-step scheme: `step` from t to t + h, and `back` from t + h to t."""

    order: ClassVar[int]
    stages: ClassVar[int]

    @abc.abstractmethod
    def step(self, f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """The state at t + h from the state x at t."""

    @abc.abstractmethod
    def back(self, f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """The state at t from the state x at t + h."""


class ExplicitRungeKutta(AbstractScheme):
    """An explicit Runge-Kutta scheme, x(t + h) = x + h sum_i b_i k_i, of a `tableau` [@butcher2016].

    `back` is the step of -h from t + h: the inverse of `step` up to the error of the scheme. The state is any
    tree of arrays. A scheme of one's own is a tableau and its order:

    Example:
        >>> import jax.numpy as jnp
        >>> class Ralston(ExplicitRungeKutta):
        ...     tableau = Tableau(a=((), (2 / 3,)), b=(1 / 4, 3 / 4), c=(0.0, 2 / 3))
        ...     order = 2
        ...     stages = 2
        >>> Ralston().step(lambda t, x: x, jnp.array(0.0), jnp.array(0.1), jnp.array(1.0))  # 1 + h + h^2 / 2
        Array(1.105, dtype=float32)
    """

    tableau: ClassVar[Tableau]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        tableau = cls.__dict__.get("tableau")
        if tableau is not None and (len(tableau.a[0]) or tableau.c[0]):
            raise ValueError(
                f"{cls.__name__} expects an explicit tableau, whose first row is empty and whose first c is 0, got "
                f"{tableau.a[0]} and {tableau.c[0]}: order its stages."
            )

    def step(self, f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """x + h sum_i b_i k_i."""
        return self.step_from(f(t, x), f, t, h, x)

    def step_from(self, first: PyTree[Array], f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """The step whose first slope, f(t, x), is known."""
        slopes = [first]
        for row, c in zip(self.tableau.a[1:], self.tableau.c[1:], strict=True):
            slopes.append(f(t + c * h, _plus(x, h, row, slopes)))
        return _plus(x, h, self.tableau.b, slopes)

    def back(self, f: Slope, t: Array, h: Array, x: PyTree[Array]) -> PyTree[Array]:
        """A step of -h from t + h."""
        return self.step(f, t + h, -h, x)


class Euler(ExplicitRungeKutta):
    """Explicit Euler, x + h f(t, x): with layers as fields, the residual network [@haber2018]. Order 1."""

    tableau: ClassVar[Tableau] = Tableau(a=((),), b=(1.0,), c=(0.0,))
    order: ClassVar[int] = 1
    stages: ClassVar[int] = 1


class Heun(ExplicitRungeKutta):
    """Heun's scheme, also called improved Euler: the trapezoidal rule with an Euler step inside. Order 2."""

    tableau: ClassVar[Tableau] = Tableau(a=((), (1.0,)), b=(0.5, 0.5), c=(0.0, 1.0))
    order: ClassVar[int] = 2
    stages: ClassVar[int] = 2


class Kutta3(ExplicitRungeKutta):
    """Kutta's third-order scheme [@kutta1901]: Simpson's rule with three stages. Order 3."""

    tableau: ClassVar[Tableau] = Tableau(a=((), (0.5,), (-1.0, 2.0)), b=(1 / 6, 2 / 3, 1 / 6), c=(0.0, 0.5, 1.0))
    order: ClassVar[int] = 3
    stages: ClassVar[int] = 3


class RK4(ExplicitRungeKutta):
    """The classical Runge-Kutta scheme [@kutta1901]. Order 4."""

    tableau: ClassVar[Tableau] = Tableau(
        a=((), (0.5,), (0.0, 0.5), (0.0, 0.0, 1.0)), b=(1 / 6, 1 / 3, 1 / 3, 1 / 6), c=(0.0, 0.5, 0.5, 1.0)
    )
    order: ClassVar[int] = 4
    stages: ClassVar[int] = 4


class RK5(ExplicitRungeKutta):
    """Butcher's scheme of order 5 with six stages, the fewest that this order can have [@butcher2016]. Order 5."""

    tableau: ClassVar[Tableau] = Tableau(
        a=(
            (),
            (1 / 4,),
            (1 / 8, 1 / 8),
            (0.0, -1 / 2, 1.0),
            (3 / 16, 0.0, 0.0, 9 / 16),
            (-3 / 7, 2 / 7, 12 / 7, -12 / 7, 8 / 7),
        ),
        b=(7 / 90, 0.0, 32 / 90, 12 / 90, 32 / 90, 7 / 90),
        c=(0.0, 1 / 4, 1 / 4, 1 / 2, 3 / 4, 1.0),
    )
    order: ClassVar[int] = 5
    stages: ClassVar[int] = 6


class SymplecticEuler(AbstractScheme):
    """Symplectic Euler [@hairer2006] for dq/dt = v(p), dp/dt = g(q): p' = p + h g(q), then q' = q + h v(p').

    With q and p understood at times that differ by half a step it is the leapfrog of the Hamiltonian network
    [@haber2018]. It is symplectic for a separable Hamiltonian, and `back` is its exact inverse. Order 1.

    Shapes:
        The state is one array: its first axis holds the positions q and then, in equal number, the momenta p.
    """

    order: ClassVar[int] = 1
    stages: ClassVar[int] = 2

    def step(self, f: Slope, t: Array, h: Array, x: Array) -> Array:
        """Kick, then drift."""
        return _drift(f, t + h, h, _kick(f, t, h, x))

    def back(self, f: Slope, t: Array, h: Array, x: Array) -> Array:
        """Drift back, then kick back: the exact inverse."""
        return _kick(f, t, -h, _drift(f, t + h, -h, x))


class Verlet(AbstractScheme):
    """Störmer-Verlet [@hairer2003] for dq/dt = v(p), dp/dt = g(q): half a kick, a drift, half a kick.

    p_{1/2} = p + h/2 g(q), q' = q + h v(p_{1/2}), p' = p_{1/2} + h/2 g(q'). It is symplectic for a separable
    Hamiltonian and symmetric, so that `back` is its exact inverse. For q'' = g(q) the positions are those of
    the leapfrog recurrence q_{k+1} = 2 q_k - q_{k-1} + h^2 g(q_k). Order 2.

    Shapes:
        The state is one array: its first axis holds the positions q and then, in equal number, the momenta p.

    Example:
        >>> import jax.numpy as jnp
        >>> from wellposed.dynamics import Flow
        >>> spring = lambda t, x, args: jnp.array([x[1], -x[0]])
        >>> round(float(Flow(spring, Verlet(), t1=jnp.pi / 3, steps=100)(jnp.array([1.0, 0.0]))[0]), 3)
        0.5
    """

    order: ClassVar[int] = 2
    stages: ClassVar[int] = 3

    def step(self, f: Slope, t: Array, h: Array, x: Array) -> Array:
        """Half a kick, a drift, half a kick."""
        x = _kick(f, t, h / 2, x)
        x = _drift(f, t + h / 2, h, x)
        return _kick(f, t + h, h / 2, x)

    def back(self, f: Slope, t: Array, h: Array, x: Array) -> Array:
        """The step of -h from t + h: the exact inverse, since the scheme is symmetric."""
        return self.step(f, t + h, -h, x)


def _plus(x: PyTree[Array], h: Array, weights: Sequence[float], slopes: Sequence[PyTree[Array]]) -> PyTree[Array]:
    """x + h sum_j w_j k_j, without the terms that vanish."""
    terms = [(w, k) for w, k in zip(weights, slopes, strict=True) if w]
    for w, k in terms:
        x = jax.tree.map(lambda a, b, w=w: a + (w * h).astype(a.dtype) * b, x, k)
    return x


def _kick(f: Slope, t: Array, h: Array, x: Array) -> Array:
    """The momenta move by h dp/dt; the half of f that is not used costs nothing once compiled."""
    q, p = halves(x)
    return jnp.concatenate([q, p + h.astype(x.dtype) * halves(f(t, x))[1]])


def _drift(f: Slope, t: Array, h: Array, x: Array) -> Array:
    """The positions move by h dq/dt."""
    q, p = halves(x)
    return jnp.concatenate([q + h.astype(x.dtype) * halves(f(t, x))[0], p])


def halves(x: Array) -> tuple[Array, Array]:
    """Positions and momenta: the two halves of the first axis.

    Raises:
        ValueError: if the state is no array whose first axis has an even length.
    """
    if not eqx.is_array(x) or x.ndim == 0 or x.shape[0] % 2:
        shapes = jax.tree.map(jnp.shape, x)
        raise ValueError(
            f"A symplectic scheme expects one array with an even first axis, got shape {shapes}: stack the positions "
            "and the momenta, jnp.concatenate([q, p])."
        )
    return x[: x.shape[0] // 2], x[x.shape[0] // 2 :]
