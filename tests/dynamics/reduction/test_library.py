"""The candidate terms, by hand and beside PySINDy's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import Library

pysindy = pytest.importorskip("pysindy", reason="pysindy, the oracle, is not installed")


@pytest.mark.parametrize(("degree", "constant"), [(1, True), (3, True), (2, False)])
def test_terms_are_pysindys(degree, constant):
    z = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    library = Library(3, degree, constant=constant)
    theirs = pysindy.PolynomialLibrary(degree=degree, include_bias=constant).fit(z)
    np.testing.assert_allclose(jax.vmap(library)(jnp.asarray(z)), np.asarray(theirs.transform(z)), rtol=1e-5)
    assert list(library.names(("x", "y", "z"))) == list(theirs.get_feature_names(["x", "y", "z"]))
    assert library.size == len(theirs.get_feature_names())


def test_sines_stand_last():
    library = Library(2, 1, sine=True)
    assert library.names(("x", "y")) == ("1", "x", "y", "sin(x)", "sin(y)")
    np.testing.assert_allclose(library(jnp.array([0.5, 1.0]))[3:], np.sin([0.5, 1.0]), rtol=1e-6)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="got 0 variables and degree 3"):
        Library(0)
    with pytest.raises(ValueError, match=r"Library expects a point of shape \(2,\), got \(3,\)"):
        Library(2)(jnp.ones(3))
    with pytest.raises(ValueError, match="Library expects 2 names, got 1"):
        Library(2).names(("x",))
