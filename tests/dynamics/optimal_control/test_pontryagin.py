"""The gradient of a network is Pontryagin's: the costate equations written out, for Euler's and for Runge-Kutta steps.

For minimise F(x_N), x_{k+1} = x_k + h sum_i b_i f_k(x_{k,i}), the costates run back from p_N = F'(x_N) by the
partner of the scheme with which the two together are symplectic: in stage i,
p_i = p_{k+1} + h sum_j b_j a_ji / b_i f'(x_j)' p_j and p_k = p_{k+1} + h sum_i b_i f'(x_i)' p_i. The gradient of the
control u_k is h sum_i b_i (df_k / du)' p_i.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.dynamics import RK4, Euler, Heun, Kutta3, net, ode_net, resnet

DEPTH, WIDTH = 4, 3
X0, TARGET = np.array([0.4, -0.7, 0.2]), np.array([1.0, 0.0, -0.5])


def fit(x):
    return jnp.sum((x - jnp.asarray(TARGET)) ** 2) / 2


def gradients(flow):
    """By automatic differentiation: of the layers' leaves, and of the start."""
    found, x0 = eqx.filter_grad(lambda both: fit(both[0](both[1])))((flow, jnp.asarray(X0)))
    return found.field.layers, x0


def costates(tableau, steps, K, b):
    """By the equations above, in NumPy, for f_k(x) = tanh(K_k x + b_k)."""
    s, n = len(tableau.b), len(K)
    A = np.zeros((s, s))
    for i, row in enumerate(tableau.a):
        A[i, : len(row)] = row
    weights, x, stages = np.array(tableau.b), X0, []
    for k in range(n):  # the states, and the stages of each step
        at = np.zeros((s, len(x)))
        slopes = np.zeros((s, len(x)))
        for i in range(s):
            at[i] = x + steps[k] * A[i] @ slopes
            slopes[i] = np.tanh(K[k] @ at[i] + b[k])
        stages.append((at, slopes))
        x = x + steps[k] * weights @ slopes
    p, of_K, of_b, of_h = x - TARGET, [], [], []
    for k in reversed(range(n)):
        at, slopes = stages[k]
        back = np.zeros_like(at)  # f'(x_i)' p_i
        seen = np.zeros_like(at)  # sigma' p_i
        hamiltonians = np.zeros(s)
        for i in reversed(range(s)):
            p_i = p + steps[k] * sum(weights[j] * A[j, i] / weights[i] * back[j] for j in range(i + 1, s))
            seen[i] = (1 - slopes[i] ** 2) * p_i
            back[i] = K[k].T @ seen[i]
            hamiltonians[i] = p_i @ slopes[i]
        of_K.insert(0, steps[k] * sum(weights[i] * np.outer(seen[i], at[i]) for i in range(s)))
        of_b.insert(0, steps[k] * weights @ seen)
        of_h.insert(0, slope_of_the_step(tableau, steps[k], at, slopes, K[k], p, A, weights))
        p = p + steps[k] * weights @ back
    return np.stack(of_K), np.stack(of_b), np.array(of_h), p


def slope_of_the_step(tableau, h, at, slopes, K, p, A, weights):
    """p . d x_{k+1} / dh: the slopes themselves, and what the stages move with h."""
    moved = np.zeros_like(slopes)
    for i in range(len(tableau.b)):
        moved[i] = (1 - slopes[i] ** 2) * (K @ (A[i] @ slopes + h * A[i] @ moved))
    return p @ (weights @ slopes + h * weights @ moved)


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def random_biases(flow):
    layers = flow.field.layers
    bias = jax.random.normal(jax.random.key(5), layers.bias.shape)
    return eqx.tree_at(lambda flow: flow.field.layers.bias, flow, bias)


@pytest.mark.parametrize("scheme", [Euler(), Heun(), Kutta3(), RK4()], ids=lambda s: type(s).__name__)
def test_the_gradient_of_a_residual_network(scheme):
    flow = random_biases(resnet(WIDTH, DEPTH, jax.random.key(0), 2.0, scheme))
    layers, x0 = gradients(flow)
    steps = np.full(DEPTH, 2.0 / DEPTH)
    K, b, _, p = costates(scheme.tableau, steps, *map(np.asarray, (flow.field.layers.weight, flow.field.layers.bias)))
    np.testing.assert_allclose(layers.weight, K, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(layers.bias, b, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(x0, p, rtol=1e-11)


@pytest.mark.parametrize("scheme", [Euler(), RK4()], ids=lambda s: type(s).__name__)
def test_the_gradient_of_the_time_steps(scheme):
    flow = random_biases(ode_net(WIDTH, DEPTH, jax.random.key(0), scheme))
    steps = jnp.array([0.1, 0.5, 0.3, 0.2])
    flow = eqx.tree_at(lambda flow: flow.field.layers.h, flow, steps)
    layers, x0 = gradients(flow)
    K, b, h, p = costates(
        scheme.tableau, np.asarray(steps), *map(np.asarray, (flow.field.layers.weight, flow.field.layers.bias))
    )
    np.testing.assert_allclose(layers.weight, K, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(layers.bias, b, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(layers.h, h, rtol=1e-11)
    np.testing.assert_allclose(x0, p, rtol=1e-11)


def test_the_gradient_of_the_plain_network():
    """p_k = K_k' (sigma' p_{k+1})."""
    flow = random_biases(net(WIDTH, DEPTH, jax.random.key(0)))
    layers, _ = gradients(flow)
    K, b = np.asarray(flow.field.layers.weight), np.asarray(flow.field.layers.bias)
    xs = [X0]
    for k in range(DEPTH):
        xs.append(np.tanh(K[k] @ xs[-1] + b[k]))
    p = xs[-1] - TARGET
    for k in reversed(range(DEPTH)):
        seen = (1 - xs[k + 1] ** 2) * p
        np.testing.assert_allclose(layers.weight[k], np.outer(seen, xs[k]), rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(layers.bias[k], seen, rtol=1e-10, atol=1e-14)
        p = K[k].T @ seen
