import jax
import numpy as np
import pytest

from wellposed.simulate import spirals


@pytest.fixture(scope="module")
def found():
    return jax.tree.map(np.asarray, spirals(jax.random.key(0), n=200, points=30))


def test_the_two_curves_are_those_of_the_paper(found):
    centre = np.where(found.clockwise[:, None], -5.0, 5.0) * np.array([1.0, 0.0])
    relative = found.truth - centre[:, None]
    radius, angle = np.linalg.norm(relative, axis=2), np.unwrap(np.arctan2(*np.moveaxis(relative[..., ::-1], 2, 0)))
    turned = angle[:, -1] - angle[:, 0]
    spacing = 6 * np.pi / 499
    np.testing.assert_allclose(turned, np.where(found.clockwise, -1, 1) * 199 * spacing, rtol=1e-3)
    out = radius[~found.clockwise]
    np.testing.assert_allclose(np.diff(out, axis=1), 0.3 * spacing, atol=1e-4)
    inverse = 15 / radius[found.clockwise]
    np.testing.assert_allclose(np.diff(inverse, axis=1), -spacing, atol=1e-3)
    assert inverse.min() >= 1 - 1e-3


def test_half_of_them_are_clockwise(found):
    assert found.clockwise.sum() == 100


def test_the_observations_are_some_of_the_first_times_with_noise(found):
    assert (np.diff(found.seen_at, axis=1) > 0).all()
    assert found.seen_at.max() <= found.ts[99]
    places = np.abs(found.seen_at[:, :, None] - found.ts[None, None]).argmin(2)
    error = found.seen - np.take_along_axis(found.truth, places[:, :, None], axis=1)
    assert abs(error.std() - 0.3) < 0.01
    assert abs(error.mean()) < 0.02


def test_a_piece_stays_on_the_curves():
    with pytest.raises(ValueError, match="starts from 0 to 301"):
        spirals(jax.random.key(0), starts=(100, 400))
    assert spirals(jax.random.key(0), 2, starts=(100, 401), ahead=0).truth.shape == (2, 100, 2)
    with pytest.raises(ValueError, match="from 1 to 100 points"):
        spirals(jax.random.key(0), points=101)
