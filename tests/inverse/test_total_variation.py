"""Total variation against closed forms, scikit-image, an independent solver, and its own certificate."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.inverse import RESULTS, TotalVariation, variation
from wellposed.operators import Convolution, Fourier, Mask, Matrix


def identity(shape, dtype=None):
    return Mask(jnp.ones(shape, bool), dtype or jnp.zeros(()).dtype)


def objective(A, weight, x, y):
    return jnp.sum((A.mv(x) - y) ** 2) / 2 + weight * variation(x)


@pytest.fixture
def x64():
    with jax.enable_x64(True):
        yield


def noisy_square(seed=0):
    clean = jnp.zeros((12, 10)).at[3:8, 2:7].set(1.0)
    return clean + 0.1 * jax.random.normal(jax.random.key(seed), clean.shape)


@pytest.mark.parametrize(("weight", "left", "right"), [(0.3, 0.1, 0.94), (4.0, 5 / 8, 5 / 8)])
def test_a_step_loses_its_weight_on_each_side(x64, weight, left, right):
    """Rows (0, 0, 0, 1, 1, 1, 1, 1): both sides move by weight / width, until they meet at the mean."""
    y = jnp.tile(jnp.array([0.0] * 3 + [1.0] * 5), (4, 1))
    x = TotalVariation(identity(y.shape), weight, steps=2000)(y)
    np.testing.assert_allclose(x, jnp.tile(jnp.array([left] * 3 + [right] * 5), (4, 1)), atol=1e-6)


def test_agrees_with_scikit_image(x64):
    from skimage.restoration import denoise_tv_chambolle

    y = noisy_square()
    x = TotalVariation(identity(y.shape), 0.15, steps=3000)(y)
    want = denoise_tv_chambolle(np.asarray(y), weight=0.15, eps=1e-12, max_num_iter=20_000)
    np.testing.assert_allclose(x, want, atol=1e-4)


@pytest.mark.parametrize("nonnegative", [False, True])
def test_the_certificate_bounds_the_distance_from_the_optimum(x64, nonnegative):
    A = Convolution((12, 10), jnp.full((3, 3), 1 / 9), "zero")
    y = A.mv(noisy_square(1) - 0.3)
    optimal = TotalVariation(A, 0.01, steps=20_000, tolerance=1e-9, nonnegative=nonnegative).solve(y)
    rough = TotalVariation(A, 0.01, steps=1000, tolerance=1e-2, nonnegative=nonnegative).solve(y)
    assert optimal.result == RESULTS.successful == rough.result
    np.testing.assert_allclose(rough.stats["objective"], objective(A, 0.01, rough.value, y), rtol=1e-12)
    excess = rough.stats["objective"] - optimal.stats["objective"]
    assert 0 < excess <= rough.stats["gap"] <= 1e-2 * rough.stats["objective"]
    assert optimal.stats["gap"] > 0
    if nonnegative:
        assert rough.value.min() >= 0
        assert (optimal.value == 0).any()


def test_the_optimum_beats_every_small_change(x64):
    A = Convolution((12, 10), jnp.full((3, 3), 1 / 9), "zero")
    y = A.mv(noisy_square(2))
    best = TotalVariation(A, 0.02, steps=20_000, tolerance=1e-10).solve(y)
    sizes = jnp.repeat(jnp.array([1e-1, 1e-3]), 10)[:, None, None]
    changes = sizes * jax.random.normal(jax.random.key(5), (20, *best.value.shape))
    others = jax.vmap(lambda change: objective(A, 0.02, best.value + change, y))(changes)
    assert (others > best.stats["objective"]).all()


def test_the_gap_is_the_primal_minus_the_dual_value(x64):
    """Against the two objectives written out, at a point that is far from optimal."""
    A = Matrix(jax.random.normal(jax.random.key(0), (5, 6)), (2, 3))
    y, weight = jnp.arange(5.0), 0.7
    f = TotalVariation(A, weight)
    z = eqx.tree_at(
        lambda z: (z.x, z.q, z.p),
        f._start(),
        (jnp.ones((2, 3)).at[0, 1].set(3.0), y / 3 - 1, jnp.full((2, 2, 3), 0.2)),
    )
    primal, gap = f._certificate(z, y)
    force = f._force(z)
    radius = jnp.linalg.norm(z.x)
    dual = -(z.q @ z.q) / 2 - z.q @ y + jnp.vdot(force, z.x) - radius * jnp.linalg.norm(force)
    np.testing.assert_allclose(primal, objective(A, weight, z.x, y), rtol=1e-12)
    np.testing.assert_allclose(gap, primal - dual, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_scaling_the_picture_or_the_operator_changes_no_iterate(x64, scale):
    A = Convolution((12, 10), jnp.full((3, 3), 1 / 9), "zero")
    y = A.mv(noisy_square())
    want = TotalVariation(A, 0.02, steps=30)(y)
    brighter = TotalVariation(A, 0.02 * scale, steps=30, amplitude=scale)(scale * y) / scale
    np.testing.assert_allclose(brighter, want, rtol=1e-6, atol=1e-8)
    louder = TotalVariation(scale * A, 0.02 * scale**2, steps=30)(scale * y)
    np.testing.assert_allclose(louder, want, rtol=1e-6, atol=1e-8)


def test_the_map_is_solve_with_the_same_steps(x64):
    y = noisy_square()
    A = identity(y.shape)
    found = TotalVariation(A, 0.1, steps=40, tolerance=1e-14).solve(y, throw=False)
    np.testing.assert_allclose(found.value, TotalVariation(A, 0.1, steps=40)(y), atol=1e-13)


def test_a_gap_that_is_not_reached_has_a_code():
    y = noisy_square()
    f = TotalVariation(identity(y.shape), 0.1, steps=20, tolerance=1e-6)
    found = f.solve(y, throw=False)
    assert found.result == RESULTS.gap_not_reached
    assert found.stats["steps"] == 20
    with pytest.raises(eqx.EquinoxRuntimeError, match="before the relative primal-dual gap fell to the tolerance"):
        f.solve(y)


def test_data_that_are_not_finite_have_a_code():
    y = noisy_square().at[0, 0].set(jnp.nan)
    assert TotalVariation(identity(y.shape), 0.1).solve(y, throw=False).result == RESULTS.not_finite


@pytest.mark.parametrize("y", [jnp.zeros((6, 6)), jnp.full((6, 6), 3.0)], ids=["zero", "flat"])
def test_a_picture_whose_optimum_is_zero_converges(y):
    found = TotalVariation(identity(y.shape), 0.1).solve(y)
    np.testing.assert_allclose(found.value, y, atol=1e-4)


def test_nonnegative_data_below_zero_give_zero():
    found = TotalVariation(identity((6, 6)), 0.1, nonnegative=True).solve(jnp.full((6, 6), -1.0))
    np.testing.assert_array_equal(found.value, 0)


def test_a_complex_picture_of_one_phase_is_the_real_one_turned(x64):
    A = Fourier(jnp.ones((12, 10), bool), jnp.complex128)
    phase = jnp.exp(0.7j)
    x = TotalVariation(A, 0.15, steps=300)(A.mv(phase * noisy_square()))
    want = TotalVariation(identity((12, 10)), 0.15, steps=3000)(noisy_square())
    np.testing.assert_allclose(x / phase, want, atol=1e-3)


def test_the_derivative_in_the_weight(x64):
    y = noisy_square()

    def at(weight):
        return variation(TotalVariation(identity(y.shape), weight, steps=30)(y))

    want = (at(0.1 + 1e-6) - at(0.1 - 1e-6)) / 2e-6
    np.testing.assert_allclose(jax.jvp(at, (0.1,), (1.0,))[1], want, rtol=1e-5)
    np.testing.assert_allclose(jax.grad(at)(0.1), want, rtol=1e-5)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"weight": 0.0}, "a positive weight, got 0.0: use Landweber"),
        ({"weight": 1.0, "steps": 0}, "at least one step, got 0"),
        ({"weight": 1.0, "amplitude": -1.0}, "a positive amplitude, got -1.0"),
    ],
)
def test_settings_are_checked(settings, sentence):
    with pytest.raises(ValueError, match=f"TotalVariation expects {sentence}"):
        TotalVariation(identity((3, 3)), **settings)


def test_a_complex_picture_is_not_nonnegative():
    with pytest.raises(ValueError, match="expects a real picture where it is nonnegative, got complex64"):
        TotalVariation(Fourier(jnp.ones((3, 3), bool)), 1.0, nonnegative=True)


def test_few_view_tomography_reaches_its_gap_within_the_default_steps():
    """A quarter of the data that the picture has numbers, a decaying spectrum, five percent of noise."""
    from wellposed.operators import Radon

    A = Radon((24, 24), jnp.arange(8) * jnp.pi / 8)
    scale = float(TotalVariation(A, 1.0).norm)
    clean = jnp.zeros((24, 24)).at[6:18, 8:20].set(1.0).at[9:13, 11:15].set(0.4)
    y = A.mv(clean)
    y = y + 0.05 * jnp.sqrt((y**2).mean()) * jax.random.normal(jax.random.key(0), y.shape)
    found = TotalVariation(A, 2e-3 * scale**2, steps=300).solve(y)
    assert found.stats["relative_gap"] <= 1.1e-3
    assert jnp.sqrt(((found.value - clean) ** 2).mean()) < 0.08
