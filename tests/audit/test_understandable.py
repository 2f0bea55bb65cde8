import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

from wellposed.audit import Decoder, principal_angles, understandable

KEY = jax.random.key(0)


@pytest.mark.parametrize(("k", "l"), [(3, 3), (2, 5), (5, 2)])
def test_principal_angles_are_those_of_scipy(k, l):
    rng = np.random.default_rng(0)
    P, Q = rng.standard_normal((9, k)), rng.standard_normal((9, l))
    expected = np.sort(scipy.linalg.subspace_angles(P, Q))
    np.testing.assert_allclose(principal_angles(jnp.asarray(P), jnp.asarray(Q)), expected, rtol=1e-10)


def test_tiny_angles_keep_their_digits():
    P = np.eye(6)[:, :2]
    Q = P + 1e-9 * np.eye(6)[:, 2:4]
    np.testing.assert_allclose(principal_angles(jnp.asarray(P), jnp.asarray(Q)), 1e-9, rtol=1e-6)


def test_the_filter_of_tikhonov_is_read_off_its_jacobian(toy):
    alpha = 1e-2
    answer = understandable.ask(toy.tikhonov(alpha), toy.problem(), KEY, leading=4)
    index = answer.curves["index"] - 1
    expected = 1 / (toy.s + alpha / toy.s)
    np.testing.assert_allclose(answer.curves["gain"], expected[index], rtol=1e-10)
    np.testing.assert_allclose(answer.curves["singular_values"], np.sort(expected)[::-1][:4], rtol=1e-3)
    np.testing.assert_allclose(answer.number, 1, rtol=1e-12)
    assert answer.details["angle_worst_degrees"] < 1e-5
    assert answer.holds


def test_half_of_a_map_that_is_half_a_filter_is_explained(toy):
    """J = V (I + N) U' with N a cyclic permutation: half of each pattern goes to its neighbour."""
    R = jnp.asarray(toy.V @ (np.eye(12) + np.roll(np.eye(12), 1, axis=0)) @ toy.U.T)
    answer = understandable.ask(lambda y: (R @ y.ravel()).reshape(3, 4), toy.problem(), KEY)
    np.testing.assert_allclose(answer.number, 0.5, rtol=1e-12)


def test_a_map_of_unrelated_patterns_is_flagged(toy, random_map):
    answer = understandable.ask(random_map, toy.problem(), KEY, leading=4)
    assert answer.number < 0.3
    assert answer.details["angle_mean_degrees"] > 20
    assert not answer.holds


def test_the_angles_are_those_of_the_images_of_the_leading_patterns(toy, random_map):
    answer = understandable.ask(random_map, toy.problem(), KEY, leading=4)
    expected = np.degrees(scipy.linalg.subspace_angles(np.asarray(random_map.R) @ toy.U[:, :4], toy.V[:, :4]))
    np.testing.assert_allclose(answer.curves["angles_degrees"], np.sort(expected), rtol=1e-8)


def test_a_curved_map_is_judged_at_its_data(toy):
    linear = toy.tikhonov(1e-2)
    problem = toy.problem(level=0.3)
    answer = understandable.ask(lambda y: linear(y) ** 3, problem, KEY, references=3)
    J = np.asarray(jax.jacfwd(lambda y: linear(y).ravel() ** 3)(problem.y[0])).reshape(12, 15)
    index = answer.curves["index"] - 1
    response = J @ toy.U[:, index]
    share = np.sum(np.sum(toy.V[:, index] * response, axis=0) ** 2) / np.sum(response**2)
    np.testing.assert_allclose(answer.samples[0], share, rtol=1e-10)
    assert len(set(answer.samples.round(12))) == 3


def test_decoded_unit_vectors_are_the_columns_of_a_linear_decoder(toy):
    decoder = Decoder(lambda z: (jnp.asarray(toy.V[:, :3]) @ z).reshape(3, 4) + 5, 3)
    answer = understandable.ask(toy.tikhonov(1e-2), toy.problem(), KEY, decoder=decoder)
    np.testing.assert_allclose(answer.curves["pictures"].reshape(3, 12), toy.V[:, :3].T, atol=1e-12)
    assert answer.details["latent_angle_worst_degrees"] < 1e-5


def test_an_operator_without_its_svd_gets_one(toy):
    given = understandable.ask(toy.tikhonov(1e-2), toy.problem(), KEY)
    computed = understandable.ask(toy.tikhonov(1e-2), toy.problem(svd=None), KEY)
    np.testing.assert_allclose(computed.curves["gain"], given.curves["gain"], rtol=1e-6)
