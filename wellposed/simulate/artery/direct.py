"""Sparse factors: PARDISO where it is installed, SciPy's SuperLU elsewhere."""

from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float


class Factors(NamedTuple):
    """Of a square matrix.

    Attributes:
        solve: b -> x with A x = b.
        free: gives the memory back; `solve` must not be called any more.
    """

    solve: Callable[[Float[np.ndarray, " n"]], Float[np.ndarray, " n"]]
    free: Callable[[], None]


def factors(A: sp.csr_array, library: str | None = None) -> Factors:
    """Factor a regular matrix without structure.

    Args:
        A: the matrix, its columns sorted in each row.
        library: `pardiso` [@schenk2004] or `superlu` [@li2005]; by default PARDISO where it is installed.

    Raises:
        ArithmeticError: the matrix is singular or not finite; `solve` raises it for a solution that is not finite.

    Example:
        >>> A = sp.csr_array(np.diag([1.0, 2.0]))
        >>> factors(A, "superlu").solve(np.array([3.0, 4.0]))
        array([3., 2.])
    """
    if not np.isfinite(A.data).all():
        raise ArithmeticError("expected a finite matrix, found NaN or infinity")
    return (_pardiso if (library or _best()) == "pardiso" else _superlu)(A)


@cache
def _best() -> str:
    return "pardiso" if find_spec("pypardiso") else "superlu"


def _pardiso(A: sp.csr_array) -> Factors:
    import pypardiso
    from pypardiso.pardiso_wrapper import PyPardisoError

    solver, matrix = pypardiso.PyPardisoSolver(), sp.csr_matrix(A)  # unsymmetric
    free = partial(solver.free_memory, everything=True)
    try:
        solver.factorize(matrix)
    except PyPardisoError as error:
        free()
        raise ArithmeticError(f"expected a regular matrix, found {error}") from error
    return Factors(lambda b: _finite(solver.solve(matrix, b)), free)


def _superlu(A: sp.csr_array) -> Factors:
    from scipy.sparse.csgraph import reverse_cuthill_mckee
    from scipy.sparse.linalg import splu

    order = reverse_cuthill_mckee(sp.csr_matrix(A), symmetric_mode=True)  # a long vessel has a narrow band
    place = np.argsort(order)
    # the symmetric part is positive: pivots on the diagonal keep the fill of a symmetric ordering
    pivoting = {"permc_spec": "NATURAL", "diag_pivot_thresh": 0.01, "options": {"SymmetricMode": True}}
    try:
        found = splu(sp.csc_array(A[order][:, order]), **pivoting)
    except RuntimeError as error:
        raise ArithmeticError(f"expected a regular matrix, found {error}") from error
    return Factors(lambda b: _finite(found.solve(b[order])[place]), lambda: None)


def _finite(x: np.ndarray) -> np.ndarray:
    if not np.isfinite(x).all():
        raise ArithmeticError("expected a finite solution of the linear system, found NaN or infinity")
    return x
