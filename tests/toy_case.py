"""A case of an artery, of nine vertices."""

import numpy as np

from wellposed.simulate.artery import Case


def toy(number):
    rng = np.random.default_rng(number)
    return Case(
        pos=rng.normal(size=(9, 3)),
        face=rng.integers(0, 9, (12, 3)),
        wss=20 * rng.normal(size=(9, 3)),
        pressure=1000 * rng.random((9, 1)),
        inlet_idcs=np.arange(3),
        mask=rng.random(9) < 0.5,
        facts={"case": number, "reynolds": 100.0, "stenoses": np.zeros((0, 5))},
    )
