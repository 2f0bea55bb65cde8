import jax
import jax.numpy as jnp
import numpy as np

from wellposed.audit.dynamical import Run
from wellposed.recipes.latent_ode import questions
from wellposed.recipes.latent_ode.questions import Onward, restart
from wellposed.recipes.latent_ode.settings import Settings


def turning(x0, window, ts):
    """A quarter circle in unit time: a map that keeps the law exactly."""
    angle = 0.5 * jnp.pi * ts[:, None]
    return jnp.cos(angle) * x0[None] + jnp.sin(angle) * jnp.stack([-x0[1], x0[0]])[None]


def remembering(x0, window, ts):
    """A map that moves by what its window holds, which is other after a restart."""
    return x0[None] + ts[:, None] * window[:, 1:].mean(axis=0)[None]


WINDOW = jnp.concatenate([jnp.linspace(0, 1, 11)[:, None], jnp.ones((11, 2))], axis=1)
RUN = Run(jnp.ones((21, 2)), WINDOW, jnp.linspace(0, 2, 21))


def test_a_flow_may_be_restarted():
    assert restart().error(turning, RUN) < 1e-5
    assert restart().error(remembering, RUN) > 0.05


def test_a_restart_moves_the_window_on():
    """What f is given half-way: the last points of window and forecast, with times from 0 on."""
    given = []

    def spy(x0, window, ts):
        given.append((x0, window))
        return turning(x0, window, ts)

    restart().error(spy, RUN)
    whole = turning(jnp.ones(2), None, RUN.ts)
    x0, window = given[1]
    np.testing.assert_allclose(x0, whole[10])
    np.testing.assert_allclose(window[:, 0], np.linspace(0, 1, 11), atol=1e-6)
    np.testing.assert_allclose(window[1:, 1:], whole[1:11], atol=1e-6)
    np.testing.assert_allclose(window[0, 1:], 1.0)


def test_the_state_asked_about_is_the_last_of_the_window():
    model = lambda seen, ts: seen.values[-1:] + ts[:, None]
    found = Onward(model)(jnp.array([5.0, 6.0]), WINDOW, jnp.array([0.0, 0.5]))
    np.testing.assert_allclose(found, [[5, 6], [6.5, 7.5]])


def test_trajectories_begin_where_the_window_ends():
    runs = questions._runs(Settings(noise=1e-6), jax.random.key(0), 7, (100, 300))
    assert runs.parameters is not None
    np.testing.assert_allclose(runs.states[:, 0], runs.parameters[:, -1, 1:], atol=1e-4)
