import jax
import numpy as np
import pytest

from wellposed.simulate import PITCHFORK, SADDLE_NODE, TRANSCRITICAL, scalar_trajectories

SYSTEMS = {"saddle-node": SADDLE_NODE, "transcritical": TRANSCRITICAL, "pitchfork": PITCHFORK}


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_is_degenerate_at_its_bifurcation(name):
    system = SYSTEMS[name]
    with jax.enable_x64(True):
        assert abs(float(system.slope(0.0, system.p0))) < 1e-12
        assert abs(float(jax.grad(system.slope)(0.0, system.p0))) < 1e-12


@pytest.mark.parametrize(
    ("name", "before", "after"), [("saddle-node", 2, 0), ("transcritical", 2, 2), ("pitchfork", 1, 3)]
)
def test_the_number_of_equilibria_changes_as_the_name_says(name, before, after):
    system = SYSTEMS[name]
    near = lambda p: np.sum(np.abs(system.equilibria(p)) < 0.5)
    assert (near(system.p0 - 0.1), near(system.p0 + 0.1)) == (before, after)
    for u in system.equilibria(system.p0 - 0.1):
        assert abs(system.slope(u, system.p0 - 0.1)) < 1e-10


def test_equilibria_are_all_real_roots_of_the_polynomial():
    p, (x_lp, p_lp, p_pf, *_) = -6.3, SADDLE_NODE
    factors = [np.poly1d([1.0, 0.0]), np.poly1d([-1.0, 0.0, p - p_pf]), np.poly1d([1.0, -2 * x_lp, x_lp**2 + p - p_lp])]
    roots = (factors[0] * factors[1] * factors[2]).roots
    real = np.sort(np.real(roots[np.abs(np.imag(roots)) < 1e-9]))
    np.testing.assert_allclose(SADDLE_NODE.equilibria(p) + SADDLE_NODE.x0, real, atol=1e-9)


def test_a_saddle_node_without_equilibria_leaves_the_box_and_is_held():
    found = scalar_trajectories(
        SADDLE_NODE, np.array([0.0, 0.0]), np.array([-6.05, -5.9]), np.linspace(0, 10, 101), 0.3
    )
    assert found.inside is not None
    assert found.inside[0].all()
    assert not found.inside[1].all()
    assert np.all(np.abs(found.states) < 0.7)
    # near the ghost u' = 2.88 (v + u^2), so u = sqrt(v) tan(2.88 sqrt(v) t), and 0.3 is reached at about this time
    leaves = found.ts[np.argmin(found.inside[1])]
    assert leaves == pytest.approx(np.arctan(0.3 / np.sqrt(0.1)) / (2.88 * np.sqrt(0.1)), rel=0.1)
