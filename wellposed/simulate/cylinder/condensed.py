"""Solves of `c u - laplace(u) = f` with the interiors of the elements eliminated once and for all."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import scipy.linalg
from jaxtyping import Array, Bool, Float

from .mesh import Mesh
from .space import Space, metrics


class Condensed(eqx.Module):
    """The inverse of `c M + K` by static condensation ([@karniadakis2005]).

    Within each element the interior points are eliminated; what is left is a dense system for the points that
    elements share, whose inverse is stored. A solve is then a handful of matrix products.

    Attributes:
        inverse: of the system for the shared points; rows and columns of the fixed ones are 0.
        inner: for each element, the inverse of its interior block beside minus the coupling to its boundary, so that
            the interior is `inner @ [f, boundary]`.
    """

    inverse: Float[Array, "interface interface"]
    inner: Float[Array, "elements i q"]

    def __call__(
        self, space: Space, f: Float[Array, "elements q"], lifted: Float[Array, " interface"] | None = None
    ) -> Float[Array, "elements q"]:
        """The solution for a right-hand side that is tested element by element.

        Args:
            space: the functions.
            f: integrals of the right-hand side times each test function, not yet summed over elements.
            lifted: what the given values at the fixed points make of all shared points; None where they are 0.
        """
        b, i = space.numbers.shape[1], self.inner.shape[1]
        inside = f[:, b:]
        reduced = f[:, :b] + jnp.einsum("eib,ei->eb", self.inner[:, :, i:], inside)
        shared = self.inverse @ space.assembled(reduced)
        edge = (shared if lifted is None else shared + lifted)[space.numbers]
        known = jnp.concatenate([inside, edge], axis=-1)
        return jnp.concatenate([edge, jnp.einsum("eiq,eq->ei", self.inner, known)], axis=-1)


def condensed(
    mesh: Mesh, c: float, fixed: Bool[np.ndarray, " interface"]
) -> tuple[Condensed, Float[np.ndarray, "interface fixed"]]:
    """Factor `c M + K`, in double precision.

    Args:
        mesh: the mesh.
        c: the factor of the mass matrix; with c = 0 at least one point must be fixed.
        fixed: which of the shared points have given values.

    Returns:
        The solver, and the matrix from the given values to `lifted`.

    Raises:
        numpy.linalg.LinAlgError: the system is singular.
    """
    b = mesh.element.boundary
    A = _matrices(mesh, c)
    block = np.linalg.inv(A[:, b:, b:])
    coupling = -block @ A[:, b:, :b]
    schur = A[:, :b, :b] + A[:, :b, b:] @ coupling
    S = np.zeros((fixed.size, fixed.size))
    np.add.at(S, (mesh.numbers[:, :, None], mesh.numbers[:, None, :]), schur)
    free, given = np.flatnonzero(~fixed), np.flatnonzero(fixed)
    factor = scipy.linalg.cho_factor(S[np.ix_(free, free)])
    inverse = np.zeros_like(S)
    inverse[np.ix_(free, free)] = scipy.linalg.cho_solve(factor, np.eye(free.size))
    lift = np.zeros((fixed.size, given.size))
    lift[given, np.arange(given.size)] = 1.0
    lift[free] = -scipy.linalg.cho_solve(factor, S[np.ix_(free, given)])
    return Condensed(jnp.asarray(inverse), jnp.asarray(np.concatenate([block, coupling], axis=2))), lift


def _matrices(mesh: Mesh, c: float) -> Float[np.ndarray, "elements q q"]:
    """`c M + K` of each element."""
    metric, jacobian = metrics(mesh)
    mass = mesh.element.weights * jacobian
    gradients = np.einsum("aceq,aqp->ceqp", metric, mesh.element.slopes)
    A = np.einsum("ceqi,eq,ceqj->eij", gradients, mass, gradients, optimize=True)
    q = mass.shape[1]
    A[:, np.arange(q), np.arange(q)] += c * mass
    return A
