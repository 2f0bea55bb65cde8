"""Both sparse solvers beside NumPy's dense one."""

from importlib.util import find_spec

import numpy as np
import pytest
import scipy.sparse as sp

from wellposed.simulate.artery import factors

LIBRARIES = ["superlu", pytest.param("pardiso", marks=pytest.mark.skipif(not find_spec("pypardiso"), reason="extra"))]


@pytest.mark.parametrize("library", LIBRARIES)
def test_it_solves(library):
    rng = np.random.default_rng(0)
    dense = np.eye(30) * 4 + np.where(rng.random((30, 30)) < 0.1, rng.normal(size=(30, 30)), 0.0)
    b = rng.normal(size=30)
    np.testing.assert_allclose(factors(sp.csr_array(dense), library).solve(b), np.linalg.solve(dense, b), rtol=1e-10)


@pytest.mark.parametrize("library", ["superlu"])
def test_a_singular_matrix_is_refused(library):
    with pytest.raises(ArithmeticError, match=r"expected a regular matrix|expected a finite solution"):
        factors(sp.csr_array(np.diag([1.0, 0.0, 2.0])), library).solve(np.ones(3))


def test_what_is_not_finite_is_refused():
    with pytest.raises(ArithmeticError, match="expected a finite matrix, found NaN or infinity"):
        factors(sp.csr_array(np.asarray([[np.nan]])), "superlu")
