"""DMD on linear systems, whose spectrum is known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm

from wellposed.dynamics import DMD, numerical_rank
from wellposed.simulate import Trajectories

A = np.array([[-0.1, 2.0, 0.0], [-2.0, -0.1, 0.0], [0.3, 0.0, -0.5]])
TS = np.linspace(0.0, 2.0, 21)
X = np.stack([[expm(t * A) @ x0 for t in TS] for x0 in ([1.0, 0.0, 0.5], [0.0, 1.0, -1.0])])


def test_a_linear_system_gives_its_eigenvalues_and_its_future():
    with jax.enable_x64(True):
        dmd = DMD.fit(Trajectories(TS, X), rank=3)
        by_place = lambda w: np.sort_complex(np.round(np.asarray(w), 9))
        np.testing.assert_allclose(by_place(dmd.frequencies), by_place(np.linalg.eigvals(A)), atol=1e-8)
        x0, ts = np.array([0.2, -0.3, 0.9]), np.array([0.0, 0.33, 7.0])
        want = np.stack([expm(t * A) @ x0 for t in ts])
        np.testing.assert_allclose(dmd.predict(x0, None, ts), want, atol=1e-9)
        assert sorted(line.split("(")[1] for line in dmd.equations()) == sorted(
            [f"-0.1 + 2i) b{j}" if w.imag > 0 else f"-0.1 - 2i) b{j}" if w.imag < 0 else f"-0.5 + 0i) b{j}"
             for j, w in enumerate(np.asarray(dmd.frequencies).round(9), 1)]
        )  # fmt: skip


def test_delays_find_oscillations_in_one_component():
    with jax.enable_x64(True):
        signal = lambda t: np.cos(2 * t) + 0.5 * np.sin(3 * t + 1)
        dmd = DMD.fit(Trajectories(TS, signal(TS)[None, :, None]), rank=4, delays=4)
        np.testing.assert_allclose(np.sort(dmd.frequencies.imag), [-3, -2, 2, 3], atol=1e-6)
        later = np.array([0.3, 1.0, 5.0])  # the history ends at TS[3] = 0.3
        found = dmd.predict(signal(TS[:4])[:, None], None, later)
        np.testing.assert_allclose(found[:, 0], signal(later), atol=1e-6)


def test_what_lies_outside_the_box_does_not_count():
    with jax.enable_x64(True):
        broken = X.copy()
        broken[:, 12:] = 1e3
        inside = np.broadcast_to(np.arange(21) < 12, (2, 21))
        dmd = DMD.fit(Trajectories(TS, broken, inside=inside), rank=3)
        np.testing.assert_allclose(np.sort(dmd.frequencies.imag), [-2, 0, 2], atol=1e-8)


def test_bad_input_is_refused():
    data = Trajectories(TS, X)
    with pytest.raises(ValueError, match="DMD expects a rank from 1 to 3"):
        DMD.fit(data, rank=4)
    still = Trajectories(TS, X * np.array([1.0, 1.0, 0.0])[None, None])
    assert numerical_rank(still) == 2
    with pytest.raises(ValueError, match=r"DMD expects a rank up to that of its snapshots, which is 2 in .* got 3"):
        DMD.fit(still, rank=3)
    assert np.isfinite(DMD.fit(still, rank=2).predict(still.states[0, 0], None, TS)).all()
    with pytest.raises(ValueError, match="DMD expects at least two snapshots of 21 states, got 21 times"):
        DMD.fit(data, rank=2, delays=21)
    with pytest.raises(ValueError, match="DMD expects evenly spaced times"):
        DMD.fit(Trajectories(TS**2, X), rank=2)
    dmd = DMD.fit(data, rank=2)
    with pytest.raises(ValueError, match="DMD expects no parameter"):
        dmd.predict(X[0, 0], jnp.ones(1), TS)
    with pytest.raises(ValueError, match=r"DMD expects 1 states of 3 numbers, got an x0 of shape \(2,\)"):
        dmd.predict(np.ones(2), None, TS)
