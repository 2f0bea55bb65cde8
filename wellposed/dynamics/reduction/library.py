"""The candidate terms of a sparse regression."""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float


class Library(eqx.Module):
    """Theta(z): the monomials of the variables up to a degree, in the order of their degree, then their sines.

    The candidate terms of [@brunton2016]; the order is that of PySINDy and of [@champion2019].

    Args:
        variables: how many variables there are.
        degree: of the polynomials.
        sine: whether sin(z_i) is a candidate.
        constant: whether 1 is a candidate.

    Shapes:
        `(variables,) -> (size,)`.

    Example:
        >>> library = Library(2, degree=2)
        >>> library.names(("x", "y"))
        ('1', 'x', 'y', 'x^2', 'x y', 'y^2')
        >>> library(jnp.array([2.0, 3.0]))
        Array([1., 2., 3., 4., 6., 9.], dtype=float32)
    """

    variables: int = eqx.field(static=True)
    degree: int = eqx.field(static=True, default=3)
    sine: bool = eqx.field(static=True, default=False)
    constant: bool = eqx.field(static=True, default=True)

    def __check_init__(self):
        if self.variables < 1 or self.degree < 1:
            raise ValueError(
                f"Library expects at least one variable and a degree of at least 1, got {self.variables} variables "
                f"and degree {self.degree}."
            )

    @property
    def monomials(self) -> tuple[tuple[int, ...], ...]:
        """The variables that each monomial multiplies, such as (0, 0, 1) for x^2 y."""
        first = 0 if self.constant else 1
        return tuple(
            m for d in range(first, self.degree + 1) for m in combinations_with_replacement(range(self.variables), d)
        )

    @property
    def size(self) -> int:
        """The number of candidate terms."""
        return len(self.monomials) + (self.variables if self.sine else 0)

    def __call__(self, z: Float[Array, " variables"]) -> Float[Array, " size"]:
        """The terms at one point."""
        if z.shape != (self.variables,):
            raise ValueError(f"Library expects a point of shape ({self.variables},), got {z.shape}.")
        known: dict[tuple[int, ...], Array] = {(): jnp.ones((), z.dtype)}
        for degree in range(1, self.degree + 1):
            for monomial in combinations_with_replacement(range(self.variables), degree):
                known[monomial] = known[monomial[:-1]] * z[monomial[-1]]
        terms = jnp.stack([known[monomial] for monomial in self.monomials])
        return jnp.concatenate([terms, jnp.sin(z)]) if self.sine else terms

    def names(self, variables: Sequence[str]) -> tuple[str, ...]:
        """The terms in words, from the names of the variables."""
        if len(variables) != self.variables:
            raise ValueError(f"Library expects {self.variables} names, got {len(variables)}.")
        named = [_product([variables[i] for i in monomial]) for monomial in self.monomials]
        return (*named, *(f"sin({name})" for name in variables)) if self.sine else tuple(named)


def equations(
    coefficients: Float[Array, "state size"], terms: Sequence[str], unknowns: Sequence[str], order: str = "d{}/dt"
) -> tuple[str, ...]:
    """Lines such as `dx/dt = -10 x + 10 y` from the rows of the coefficients; a term of coefficient 0 is left out.

    Args:
        coefficients: a row for each unknown.
        terms: the names of the library.
        unknowns: the names of the unknowns.
        order: what stands on the left, with a place for the unknown.

    Example:
        >>> equations(jnp.array([[0.0, -1.0]]), ("1", "x"), ("x",))
        ('dx/dt = -1 x',)
    """
    lines = []
    for unknown, row in zip(unknowns, coefficients, strict=True):
        parts = [(float(c), term) for c, term in zip(row, terms, strict=True) if float(c) != 0]
        line = " ".join(_signed(c, term, first=not i) for i, (c, term) in enumerate(parts)) or "0"
        lines.append(f"{order.format(unknown)} = {line}")
    return tuple(lines)


def _signed(c: float, term: str, first: bool) -> str:
    sign = ("-" if c < 0 else "") if first else ("- " if c < 0 else "+ ")
    return f"{sign}{abs(c):.4g}" + ("" if term == "1" else f" {term}")


def _product(factors: Sequence[str]) -> str:
    powers = {name: factors.count(name) for name in factors}
    return " ".join(name if power == 1 else f"{name}^{power}" for name, power in powers.items()) or "1"
