import jax
import jax.numpy as jnp
import numpy as np

from wellposed.simulate.cylinder import pod

SHAPE = (30, 2, 4, 9)


def random_flows():
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.5, 1.5, SHAPE[2:])
    weights[0] = 0.0
    return rng.standard_normal(SHAPE) * np.linspace(1, 3, SHAPE[0])[:, None, None, None], weights


def test_modes_are_orthonormal_and_hold_the_energy_of_the_eigenvalues():
    """The oracle is the correlation matrix of the snapshots."""
    flows, weights = random_flows()
    with jax.enable_x64(True):
        modes = pod(flows, weights, 5)
        np.testing.assert_allclose(modes.coefficients(modes.fields), np.eye(5), atol=1e-12)
        correlation = np.einsum("nceq,eq,mceq->nm", flows, weights, flows) / len(flows)
        np.testing.assert_allclose(modes.energies, np.linalg.eigvalsh(correlation)[::-1], rtol=1e-9, atol=1e-9)
        found = modes.coefficients(jnp.asarray(flows))
        np.testing.assert_allclose(jnp.mean(found**2, axis=0), modes.energies[:5], rtol=1e-9)


def test_a_flow_in_the_span_is_its_own_sum_of_modes():
    flows, weights = random_flows()
    flows[:, :, 0] = 0.0
    with jax.enable_x64(True):
        modes = pod(flows[:4], weights, 4)
        np.testing.assert_allclose(modes.flow(modes.coefficients(jnp.asarray(flows[2]))), flows[2], atol=1e-12)
        turn = np.linalg.qr(np.random.default_rng(1).standard_normal((4, 2)))[0]
        few = modes.rotated(turn, modes.energies)
        np.testing.assert_allclose(
            few.coefficients(jnp.asarray(flows[2])), modes.coefficients(jnp.asarray(flows[2])) @ turn
        )
