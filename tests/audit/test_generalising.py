import jax.numpy as jnp
import numpy as np

from wellposed.audit import generalising


def test_the_same_pictures_have_no_gap(toy):
    problem = toy.problem()
    again = toy.problem(train=(problem.x, problem.y))
    answer = generalising.ask(toy.tikhonov(1e-2), again)
    assert (answer.number, answer.low, answer.high) == (0, 0, 0)
    assert answer.holds


def test_the_same_pictures_with_other_noise_are_compared_in_pairs(toy):
    problem, other = toy.problem(), toy.problem(level=0.1)
    f = toy.tikhonov(1e-2)
    answer = generalising.ask(f, toy.problem(elsewhere={"noisy": (problem.x, other.y)}))
    difference = answer.curves["error: noisy"] - answer.curves["error: test"]
    half = 2.570581835636314 * difference.std(ddof=1) / np.sqrt(6)  # Student's t for 5 degrees of freedom
    np.testing.assert_allclose(answer.number, difference.mean(), rtol=1e-12)
    np.testing.assert_allclose(answer.high - answer.number, half, rtol=1e-10)


def test_a_map_that_remembers_its_training_pictures_is_flagged(toy):
    train = toy.problem(key=1)

    def nearest(y):
        return jnp.asarray(train.x)[jnp.argmin(jnp.sum((train.y - y[None]) ** 2, axis=(1, 2)))]

    answer = generalising.ask(nearest, toy.problem(key=2, train=(train.x, train.y)))
    assert answer.details["train: error"] == 0
    np.testing.assert_allclose(answer.number, answer.curves["error: test"].mean(), rtol=1e-12)
    assert answer.low > 0
    assert not answer.holds


def test_a_map_that_is_useless_everywhere_is_flagged(toy):
    problem = toy.problem(key=1)
    answer = generalising.ask(lambda y: -jnp.ones((3, 4)), toy.problem(train=(problem.x, problem.y)))
    assert abs(answer.number) < 0.2
    assert not answer.holds


def test_a_single_foreign_picture_is_reported(toy):
    far = toy.problem(n=1, key=7)
    answer = generalising.ask(toy.tikhonov(1e-2), toy.problem(elsewhere={"one": (far.x, far.y)}))
    assert np.isfinite([answer.low, answer.high]).all()
    assert answer.to_json()["details"]["one: low"] is None  # one picture has no interval of its own


def test_without_other_pictures_the_question_stays_open(toy):
    answer = generalising.ask(toy.tikhonov(1e-2), toy.problem())
    assert answer.holds is None
    assert answer.to_json()["number"] is None
    assert answer.verdict.startswith("Not asked")
