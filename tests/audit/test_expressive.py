import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.audit import Curve, expressive

KEY = jax.random.key(0)


def _power_law(exponent, values=(2, 4, 8, 16)):
    values = np.asarray(values)
    return Curve(values, 0.5 * (values[:, None] / 2.0) ** exponent * np.array([1.0, 1.1, 0.9]))


@pytest.mark.parametrize(("exponent", "percent"), [(-1.0, -50.0), (-0.5, -29.289321881345245), (0.0, 0.0)])
def test_a_power_law_has_its_change_per_doubling(toy, exponent, percent):
    answer = expressive.ask(toy.tikhonov(1e-2), toy.problem(), KEY, curves={"rank": _power_law(exponent)})
    np.testing.assert_allclose(answer.number, percent, atol=1e-9)
    assert answer.holds == (exponent < 0)


def test_the_curve_saturates_where_its_error_stays():
    values = np.array([1, 2, 4, 8])
    errors = np.array([0.8, 0.4, 0.205, 0.2])[:, None] * np.ones(2)
    assert expressive._saturation(Curve(values, errors)) == (0.2, 4.0)


def test_training_images_have_their_own_slope(toy):
    curves = {"rank": _power_law(-1.0), "images": _power_law(-0.5)}
    answer = expressive.ask(toy.tikhonov(1e-2), toy.problem(), KEY, curves=curves)
    np.testing.assert_allclose(answer.details["per_doubling_of_images_percent"], -29.289321881345245)
    assert answer.details["saturation_images"] == 16


def test_a_truncated_svd_is_refitted_rank_by_rank(toy):
    problem = toy.problem(level=0.0)
    curve = expressive.measure(
        lambda r: toy.filtered(np.where(np.arange(12) < r, 1 / toy.s, 0)), [1, 4, 12], problem.x, problem.y
    )
    flat = np.asarray(problem.x).reshape(6, -1)
    for r, errors in zip(curve.values, curve.errors, strict=True):
        rest = flat - flat @ toy.V[:, :r] @ toy.V[:, :r].T
        expected = np.linalg.norm(rest, axis=1) / np.linalg.norm(flat, axis=1)
        np.testing.assert_allclose(errors, expected, atol=1e-8)


@pytest.mark.parametrize("svd", [True, False])
def test_an_exact_inverse_turns_components_into_accuracy(toy, svd):
    problem = toy.problem(level=1e-6) if svd else toy.problem(level=1e-6, svd=None)
    answer = expressive.ask(toy.filtered(1 / toy.s), problem, KEY)
    assert answer.holds
    assert answer.details["best_relative_error"] < 1e-2


def test_a_map_that_learns_nothing_from_more_is_flagged(toy):
    answer = expressive.ask(lambda y: jnp.ones((3, 4)), toy.problem(), KEY)
    assert abs(answer.number) < 1e-9
    assert not answer.holds
    assert answer.verdict.startswith("No")
