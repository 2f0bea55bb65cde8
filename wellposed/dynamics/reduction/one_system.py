"""The trajectories that a forecaster without a parameter can learn from."""

import numpy as np

from wellposed.simulate import Trajectories


def one_system(trajectories: Trajectories, name: str) -> None:
    """Refuse trajectories of several systems, and those that are only known in part.

    Raises:
        ValueError: if the parameters differ, or some states lie outside the box in which they count.
    """
    parameters, inside = trajectories.parameters, trajectories.inside
    if parameters is not None and np.ptp(np.asarray(parameters)) > 0:
        raise ValueError(
            f"{name} expects trajectories of one system, as it has no parameter, got parameters from "
            f"{np.min(parameters):.4g} to {np.max(parameters):.4g}: take those of one parameter."
        )
    if inside is not None and not np.all(inside):
        raise ValueError(
            f"{name} expects states that count throughout, got {np.mean(~np.asarray(inside)):.1%} outside: cut the "
            "trajectories before they leave."
        )
