"""What the three scalar systems share."""

import jax
import numpy as np
from jaxtyping import Array, Key

from wellposed.dynamics import Architecture, NormalForm, NormalFormLoss, Stage
from wellposed.simulate import ScalarSystem, scalar_trajectories

from .system import Simulated, System, Training, uniform

TRAINING = Training(
    Architecture(widths=(20, 20), parameter_widths=(10, 10)),
    NormalFormLoss(),
    (Stage(3000, 3e-3, 20, 64), Stage(3000, 1e-3, 26, 32, 4)),
)


def scalar_system(
    scalar: ScalarSystem,
    form: NormalForm,
    title: str,
    about: tuple[float, float],
    box: float,
    end: float,
    training: Training = TRAINING,
) -> System:
    """A system of one variable.

    Args:
        scalar: the equation, seen from one of its bifurcations.
        form: the normal form of that.
        title: for the page.
        about: the sampled range of the parameter, as distances from the bifurcation.
        box: half the width of the interval of states.
        end: the last time.
        training: what suits it.
    """

    def simulate(key: Key[Array, ""], count: int, range_: tuple[float, float] = about) -> Simulated:
        starts, parameters = jax.random.split(key)
        u = uniform(starts, count, -box, box)
        p = scalar.p0 + uniform(parameters, count, *range_)
        return Simulated(scalar_trajectories(scalar, u, p, np.linspace(0.0, end, 101), box))

    def nearby(p: float) -> np.ndarray:
        found = scalar.equilibria(p)
        return found[np.abs(found) <= box][:, None]

    text = (
        "One equation of one variable, `dx/dt = 0.01 x (p - p_pf - x^2) (p - p_lp + (x - x_lp)^2)` [@kalia2021], seen "
        f"from its {form.name} at x = {scalar.x0:g}, p = {scalar.p0:g}. Trajectories begin within ±{box:g} of it and "
        "count until they first leave that box."
    )
    further = (about[1], about[1] + 0.25 * (about[1] - about[0]))
    return System(
        title,
        text,
        form,
        "p",
        simulate,
        training,
        lambda: scalar.p0,
        nearby,
        box=box,
        states="x - x₀",
        elsewhere=lambda key, count: {"p beyond the sampled range, by a quarter of it": simulate(key, count, further)},
    )
