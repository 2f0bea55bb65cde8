"""Data that follow a normal form exactly, behind a linear map: what must be found is known."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from wellposed.dynamics import Hopf, NormalForm, Pitchfork, SaddleNode, StuartLandau, Transcritical
from wellposed.simulate import Trajectories, integrate, until_outside

FORMS = {
    "saddle-node": SaddleNode(),
    "transcritical": Transcritical(),
    "pitchfork": Pitchfork(),
    "Hopf": Hopf(),
    "Stuart-Landau": StuartLandau(-0.5),
}


class Exact(NamedTuple):
    """x = mix z, beta = rise (p - critical), dz/dt = f / tau^2."""

    form: NormalForm
    trajectories: Trajectories
    mix: np.ndarray
    critical: float
    rise: float
    time: float  # tau^2


def exact(name: str, rise: float = 0.4, count: int = 40) -> Exact:
    form, rng, critical, time = FORMS[name], np.random.default_rng(3), 5.2, 0.7
    d = form.dimension
    mix = rng.normal(size=(2 * d + 1, d)) * (np.array([[1.0, -1.0]]) if d == 2 else 1.0)  # a mirror image
    p = rng.uniform(4.5, 6.5, count)
    slope = lambda z, p: jnp.where(jnp.all(jnp.abs(z) < 2.5), form(z, rise * (p - critical)) / time, 0.0)
    found = integrate(slope, rng.uniform(-0.8, 0.8, (count, d)), p, np.linspace(0.0, 4.0, 41))
    assert found.slopes is not None
    lifted = found._replace(states=found.states @ mix.T, slopes=found.slopes @ mix.T)
    return Exact(form, lifted._replace(inside=until_outside(found.states, 1.2)), mix, critical, rise, time)
