import numpy as np
import pytest

from wellposed.recipes.latent_sde.compare import distance, gaussian_paths, marginals

RNG = np.random.default_rng(0)


def test_paths_of_one_law_are_near_and_others_are_not():
    walk = lambda: np.cumsum(RNG.normal(size=(2000, 40, 2)), axis=1)
    one, two = walk(), walk()
    near = distance(two, one)
    assert max(near) < 0.05
    assert distance(one, one) == (0, 0, 0)
    spread = one.reshape(-1, 2).std(axis=0)
    shifted = distance(two + spread, one)
    np.testing.assert_allclose(shifted.marginal, 1.0, atol=0.05)
    np.testing.assert_allclose(shifted.pooled, 1.0, atol=0.05)
    mixed = RNG.permuted(two, axis=1)  # the same values in another order
    assert distance(mixed, one).pooled < 0.05
    assert distance(mixed, one).spectrum > 0.3


def test_what_broke_down_is_infinitely_far():
    paths = RNG.normal(size=(8, 12, 3))
    assert distance(np.full_like(paths, np.nan), paths)[:2] == (np.inf, np.inf)


def test_marginals_are_by_time():
    paths = RNG.normal(size=(500, 6, 1))
    other = paths.copy()
    other[:, 4] += 2 * paths.std()
    np.testing.assert_allclose(marginals(other, paths), [0, 0, 0, 0, 2, 0], atol=1e-6)


def test_the_gaussian_process_has_the_moments_of_the_paths():
    known = np.cumsum(RNG.exponential(size=(300, 8, 2)), axis=1)
    drawn = gaussian_paths(known, 40_000, 0)
    flat = lambda paths: paths.reshape(len(paths), -1)
    np.testing.assert_allclose(flat(drawn).mean(0), flat(known).mean(0), rtol=0.02)
    covariance = np.cov(flat(known).T)
    np.testing.assert_allclose(np.cov(flat(drawn).T), covariance, atol=0.05 * covariance.max())


@pytest.mark.parametrize("n", [3, 50])
def test_the_gaussian_process_may_draw_any_number(n):
    assert gaussian_paths(RNG.normal(size=(10, 4, 2)), n, 1).shape == (n, 4, 2)
