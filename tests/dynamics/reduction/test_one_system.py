"""Forecasters without a parameter refuse several systems, and states that do not count."""

import equinox as eqx
import jax
import numpy as np
import optax
import pytest

from wellposed.dynamics import Knobs, KoopmanAutoencoder, KoopmanLoss, Recurrent, Reservoir, SINDyAutoencoder
from wellposed.simulate import Trajectories

TS = 0.1 * np.arange(150)
WHOLE = Trajectories(TS, np.stack([np.cos(TS), np.sin(TS)], axis=1)[None].repeat(2, axis=0))
KEY = jax.random.key(0)
CASES = {
    "Reservoir expects trajectories of one system, .* parameters from 1 to 3": {"parameters": np.array([1.0, 3.0])},
    "Reservoir expects states that count throughout, got 50.0% outside": {
        "inside": np.broadcast_to(TS < 7.5, (2, 150))
    },
}


@pytest.mark.parametrize("sentence", CASES)
def test_they_are_refused(sentence):
    wrong = WHOLE._replace(**CASES[sentence])
    with pytest.raises(ValueError, match=sentence):
        Reservoir.fit(wrong, KEY, Knobs(size=20))
    with pytest.raises(ValueError, match=sentence.replace("Reservoir", "Recurrent")):
        Recurrent.init(wrong, 4, KEY)
    options = {"batch": 2, "steps": 1, "key": KEY}
    adam = optax.adam(1e-2)
    with pytest.raises(ValueError, match=sentence.replace("Reservoir", "Recurrent")):
        Recurrent.fit(wrong, 4, adam, horizon=5, **options)
    with pytest.raises(ValueError, match=sentence.replace("Reservoir", "KoopmanAutoencoder")):
        KoopmanAutoencoder.fit(wrong, 1, (4,), (4,), adam, **options)


def test_what_else_networks_refuse():
    options = {"batch": 2, "steps": 1, "key": KEY}
    several = WHOLE._replace(parameters=np.array([1.0, 3.0]))
    with pytest.raises(ValueError, match="SINDyAutoencoder expects trajectories of one system"):
        SINDyAutoencoder.fit(several, 1, (4,), 1, optax.adam(1e-2), **options)
    with pytest.raises(ValueError, match="longer than the 150 predicted steps, got 150 states"):
        KoopmanAutoencoder.fit(WHOLE, 1, (4,), (4,), optax.adam(1e-2), KoopmanLoss(predicted=150), **options)


def test_one_parameter_and_a_box_that_is_never_left_change_nothing():
    same = WHOLE._replace(parameters=np.ones(2), inside=np.ones((2, 150), bool))
    for learn in (lambda of: Reservoir.fit(of, KEY, Knobs(size=20)), lambda of: Recurrent.init(of, 4, KEY)):
        assert eqx.tree_equal(learn(same), learn(WHOLE))
