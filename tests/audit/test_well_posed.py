import jax
import jax.numpy as jnp
import numpy as np

from wellposed.audit import well_posed

KEY = jax.random.key(0)


def test_the_constant_of_a_linear_map_is_its_largest_singular_value(toy):
    gains = 1 / (toy.s + 1e-2 / toy.s)
    answer = well_posed.ask(toy.filtered(gains), toy.problem(), KEY, tolerance=1e-6)
    np.testing.assert_allclose(answer.samples, float(gains.max()), rtol=1e-8)
    assert answer.low <= answer.number <= answer.high
    assert answer.details["converged_fraction"] == 1


def test_the_constant_of_a_curved_map_is_local(toy):
    problem = toy.problem()
    answer = well_posed.ask(lambda y: jnp.sin(y[:3, :]).repeat(2, 1)[:, :4], problem, KEY, tolerance=1e-6)
    cos = np.abs(np.cos(problem.y[:, :3, :2]))  # columns 0 and 1 are seen twice each
    np.testing.assert_allclose(answer.samples, np.sqrt(2) * cos.max(axis=(1, 2)), rtol=1e-6)
    assert answer.details["lipschitz_worst"] == answer.samples.max()


def test_the_round_trip_of_an_exact_inverse_is_the_noise_outside_the_range(toy):
    problem = toy.problem()
    answer = well_posed.ask(toy.filtered(1 / toy.s), problem, KEY)
    noise = np.asarray(problem.y - problem.clean).reshape(6, -1)
    outside = noise - noise @ toy.U @ toy.U.T
    expected = np.linalg.norm(outside, axis=1) / np.linalg.norm(noise, axis=1)
    np.testing.assert_allclose(answer.curves["round_trip"], expected, rtol=1e-8)


def test_a_stable_map_that_explains_its_data_passes(toy):
    answer = well_posed.ask(toy.tikhonov(1e-3), toy.problem(), KEY)
    assert answer.holds
    assert answer.verdict.startswith("Yes")


def test_the_naive_inverse_is_flagged(toy):
    answer = well_posed.ask(toy.filtered(1 / toy.s), toy.problem(level=0.05), KEY)
    assert not answer.holds
    assert "unstable" in answer.verdict


def test_a_map_that_ignores_its_data_is_flagged(toy):
    answer = well_posed.ask(lambda y: jnp.ones((3, 4)), toy.problem(), KEY)
    assert answer.number == 0
    assert not answer.holds
    assert "do not explain" in answer.verdict


def test_too_few_steps_are_owned_up_to(toy):
    answer = well_posed.ask(toy.tikhonov(1e-3), toy.problem(), KEY, steps=1, tolerance=1e-6)
    assert not answer.holds
    assert "not converged" in answer.verdict


def test_a_derivative_that_is_not_finite_is_flagged(toy):
    answer = well_posed.ask(lambda y: jnp.sqrt(y[:3, :1] * 0) + jnp.ones((3, 4)), toy.problem(), KEY)
    assert not answer.holds
    assert "no finite derivative" in answer.verdict
