"""Linear systems of Newton's method, whose matrices differ little from step to step."""

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

from .direct import Factors, factors

DIRECTIONS = 16  # 25 solutions with old factors take the time of new ones
ACCURACY = 1e-2


class Corrections:
    """Solve A x = b for one matrix after the other.

    The factors of an earlier matrix precondition GMRES; where a few directions do not bring the preconditioned residual
    down to a hundredth, which is what an inexact Newton method asks for [@dembo1982], the matrix is factored anew.

    Attributes:
        factored: how many matrices were factored.
    """

    def __init__(self):
        self.factored = 0
        self._factors: Factors | None = None

    def __call__(self, A: sp.csr_array, b: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """Solve, up to a preconditioned residual of 0.01 of that of x = 0.

        Raises:
            ArithmeticError: the matrix is singular.
        """
        if self._factors is not None:
            inverse = sp.linalg.LinearOperator(A.shape, matvec=self._factors.solve, dtype=float)
            x, _ = sp.linalg.gmres(A, b, rtol=ACCURACY, restart=DIRECTIONS, maxiter=1, M=inverse)
            # gmres itself looks at the residual in the end, in which momentum and mass have different units
            if np.linalg.norm(inverse @ (b - A @ x)) <= ACCURACY * np.linalg.norm(inverse @ b):
                return x
        self.close()
        self._factors = factors(A)
        self.factored += 1
        return self._factors.solve(b)

    def close(self) -> None:
        """Give the memory of the factors back."""
        if self._factors is not None:
            self._factors.free()
        self._factors = None
