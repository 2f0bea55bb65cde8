"""Every cost: its variation is the derivative of what it takes in all, and it is convex in the density."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import wellposed.transport as transport
from wellposed.transport import KL, AbstractCost, Congestion, Entropy, Gaussian, Preference, bump

X = jnp.array([0.4, -0.3])
COSTS = {
    "Congestion": Congestion(0.7),
    "Entropy": Entropy(0.3),
    "KL": KL(2.0, Gaussian.isotropic(jnp.zeros(2), 0.5)),
    "Preference": Preference(bump(3.0, jnp.zeros(2), jnp.array([1.0, 0.5]))),
}


def assert_variation(cost):
    """df/drho = d(rho f_per_mass)/drho, at several densities, and it does not decrease."""
    whole = lambda rho: rho * cost.per_mass(X, jnp.log(rho))
    rhos = jnp.array([0.05, 0.3, 1.0, 4.0])
    found = jax.vmap(lambda rho: cost.variation(X, jnp.log(rho)))(rhos)
    np.testing.assert_allclose(found, jax.vmap(jax.grad(whole))(rhos), rtol=1e-4, atol=1e-5)
    assert (np.diff(np.asarray(found)) >= 0).all()


def test_every_public_cost_is_in_the_battery():
    public = {name for name in dir(transport) if isinstance(getattr(transport, name), type)}
    costs = {name for name in public if issubclass(getattr(transport, name), AbstractCost)}
    assert costs - {"AbstractCost"} == set(COSTS)


@pytest.mark.parametrize("name", COSTS)
def test_the_variation_is_the_derivative(name):
    assert_variation(COSTS[name])


def test_a_broken_cost_fails():
    class Broken(Entropy):
        def variation(self, x, log_rho):
            return self.weight * log_rho

    with pytest.raises(AssertionError):
        assert_variation(Broken(0.3))


@pytest.mark.parametrize("make", [Congestion, Entropy, lambda w: KL(w, COSTS["KL"].target)])
def test_a_negative_weight_is_refused(make):
    with pytest.raises(ValueError, match="expects a weight of at least 0, got -1"):
        make(-1.0)
