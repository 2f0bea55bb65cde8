"""Linear systems one after the other."""

import numpy as np
import scipy.sparse as sp

from wellposed.simulate.artery import Corrections

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(60, 60)) + 12 * np.eye(60), RNG.normal(size=60)


def error(correct, matrix):
    return np.linalg.norm(correct(sp.csr_array(matrix), B) - np.linalg.solve(matrix, B)) / np.linalg.norm(B)


def test_old_factors_serve_a_similar_matrix_and_new_ones_another():
    correct = Corrections()
    assert error(correct, A) < 1e-12
    assert error(correct, A * (1 + 0.02 * RNG.normal(size=A.shape))) < 0.01
    assert correct.factored == 1
    assert error(correct, np.roll(A, 1, axis=0)) < 1e-12
    assert correct.factored == 2
    correct.close()
    assert error(correct, A) < 1e-12
    assert correct.factored == 3
