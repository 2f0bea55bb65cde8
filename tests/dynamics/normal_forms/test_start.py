import jax.numpy as jnp
import numpy as np
import pytest
from normal_form_data import FORMS, exact

from wellposed.dynamics.normal_forms.start import affine_start


@pytest.mark.parametrize("rise", [0.4, -0.4])
@pytest.mark.parametrize("name", FORMS)
def test_data_that_are_a_linear_image_of_a_normal_form_are_explained(name, rise):
    """Whichever way beta runs and the oscillation turns."""
    case = exact(name, rise)
    inside = np.asarray(case.trajectories.inside)
    rows, times = np.nonzero(inside)
    some = np.random.default_rng(0).permutation(len(rows))[:400]
    states, slopes = (np.asarray(part)[rows[some], times[some]] for part in case.trajectories[1:3])
    p = np.asarray(case.trajectories.parameters)[rows[some]]
    size = np.sqrt(np.mean(states**2))
    x, dx = (jnp.asarray(part / size) for part in (states, slopes))
    start = affine_start(case.form, x, dx, jnp.asarray(p - 5.5))
    assert float(start.residual) < 0.02
    critical = 5.5 - float(start.intercept / start.slope)
    assert critical == pytest.approx(case.critical, abs=0.08)
    d = case.form.dimension
    np.testing.assert_allclose(start.weight @ start.inverse, np.eye(d), atol=1e-5)
