"""A sparse direct solver: PARDISO where it is installed, SciPy's SuperLU elsewhere."""

from functools import cache
from importlib.util import find_spec

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float


def solve(A: sp.csr_array, b: Float[np.ndarray, " n"], library: str | None = None) -> Float[np.ndarray, " n"]:
    """Solve A x = b for a square matrix without structure.

    Args:
        A: the matrix, its columns sorted in each row.
        b: the right-hand side.
        library: `pardiso` ([@schenk2004]) or `superlu` ([@li2005]); by default PARDISO where it is installed, which
            takes about a tenth of the time and half of the memory of SuperLU on a vessel.

    Raises:
        ArithmeticError: the matrix is singular, or the solution is not finite.
    """
    x = _pardiso(A, b) if (library or _best()) == "pardiso" else _superlu(A, b)
    if not np.isfinite(x).all():
        raise ArithmeticError("expected a finite solution of the linear system, found NaN or infinity")
    return x


@cache
def _best() -> str:
    return "pardiso" if find_spec("pypardiso") else "superlu"


def _pardiso(A: sp.csr_array, b: np.ndarray) -> np.ndarray:
    import pypardiso
    from pypardiso.pardiso_wrapper import PyPardisoError

    solver = pypardiso.PyPardisoSolver()  # unsymmetric; one for each matrix, so that no factors outlive it
    try:
        return solver.solve(sp.csr_matrix(A), b)
    except PyPardisoError as error:
        raise ArithmeticError(f"expected a regular matrix, found {error}") from error
    finally:
        solver.free_memory(everything=True)


def _superlu(A: sp.csr_array, b: np.ndarray) -> np.ndarray:
    from scipy.sparse.linalg import splu

    try:
        # the symmetric part is positive: pivots on the diagonal keep the fill of a symmetric ordering
        factors = splu(
            sp.csc_array(A), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True}
        )
    except RuntimeError as error:
        raise ArithmeticError(f"expected a regular matrix, found {error}") from error
    return factors.solve(b)
