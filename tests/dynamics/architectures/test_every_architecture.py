"""The battery: every architecture keeps the laws that its theory promises, and a residual network does not."""

import dataclasses
import inspect
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import wellposed.dynamics as dyn
from wellposed.dynamics import Flow, Piecewise

KEY = jax.random.key(3)
WIDTH, DEPTH = 6, 12
PRECISIONS = {"float32": 1e-4, "float64": 1e-11}


@dataclasses.dataclass(frozen=True)
class Case:
    """A flow of random weights and its promises."""

    build: Callable[[], Flow]
    promises: frozenset[str]
    shape: tuple[int, ...] = (WIDTH,)
    driven: bool = False  # by an input, as args
    scale: float = 0.5  # of the states


def case(build, *promises, **options):
    return Case(build, frozenset(promises), **options)


# Promises. spectrum: no eigenvalue of the field's Jacobian has a positive real part. contracts: nor has its symmetric
# part one. volume, symplectic: of the steps. inverse: exact. gradients: their norms do not fall below 1 with depth.
# energy: of a layer, along its own flow.
CASES = {
    "resnet": case(lambda: dyn.resnet(WIDTH, DEPTH, KEY, 3.0)),
    "antisymmetric": case(lambda: dyn.antisymmetric(WIDTH, DEPTH, KEY, 3.0), "spectrum"),
    "antisymmetric damped": case(lambda: dyn.antisymmetric(WIDTH, DEPTH, KEY, 3.0, damping=0.2), "spectrum"),
    "hamiltonian": case(lambda: dyn.hamiltonian(WIDTH, DEPTH, KEY, 3.0), "spectrum", "volume", "inverse", "gradients"),
    "leapfrog": case(
        lambda: dyn.leapfrog(WIDTH, DEPTH, KEY, 3.0),
        "spectrum", "volume", "inverse", "gradients", "symplectic", "energy",
    ),
    "parabolic": case(lambda: dyn.parabolic(WIDTH, DEPTH, KEY, 0.3), "spectrum", "contracts"),
    "hdnn J1": case(lambda: dyn.hdnn(WIDTH, DEPTH, KEY, 1.0), "spectrum", "energy"),
    "hdnn J2": case(lambda: dyn.hdnn(WIDTH, DEPTH, KEY, 1.0, "J2"), "spectrum", "energy"),
    "hdnn separable": case(
        lambda: dyn.hdnn(WIDTH, DEPTH, KEY, 1.0, separable=True),
        "spectrum", "volume", "inverse", "gradients", "symplectic", "energy",
    ),
    "nais_net": case(lambda: dyn.nais_net(WIDTH, DEPTH, KEY), "spectrum", driven=True),
    "tnrd": case(
        lambda: dyn.tnrd(2, KEY, size=3, gaussians=15),
        "spectrum", "contracts", shape=(5, 4), driven=True, scale=0.1,
    ),
}  # fmt: skip
BUILDERS = {name.split()[0] for name in CASES}


def moved(flow):
    """The flow with biases that are not zero, in the precision of the test."""

    def of(path, leaf):
        if not eqx.is_inexact_array(leaf):
            return leaf
        leaf = leaf.astype(jnp.result_type(float))
        return leaf + jax.random.normal(KEY, leaf.shape, leaf.dtype) / 2 if path[-1].name == "bias" else leaf

    return jax.tree_util.tree_map_with_path(of, flow)


def start(of, seed=0):
    return jax.random.normal(jax.random.key(seed), of.shape, jnp.result_type(float)) * of.scale


def args_of(of):
    return start(of, 9) if of.driven else None


@pytest.fixture(params=PRECISIONS)
def tolerance(request):
    with jax.enable_x64(request.param == "float64"):
        yield PRECISIONS[request.param]


@pytest.fixture
def _float64():
    with jax.enable_x64(True):
        yield


@pytest.fixture(params=CASES)
def of(request):
    return CASES[request.param]


def promising(*promises):
    names = [name for name, of in CASES.items() if of.promises & set(promises)]
    return pytest.mark.parametrize("name", names)


def test_every_public_architecture_is_in_the_battery():
    functions = {name for name in dir(dyn) if inspect.isfunction(getattr(dyn, name))}
    here = {name for name in functions if ".architectures." in getattr(dyn, name).__module__}
    assert here - {"interconnection"} == BUILDERS


def test_the_spectrum_of_a_residual_network_is_not_kept():
    """So the laws below are no accident of these sizes."""
    with jax.enable_x64(True):
        flow, x = moved(CASES["resnet"].build()), start(CASES["resnet"])
        assert dyn.stability(flow, x).growth.max() > 0.3
        assert dyn.backward_gradient_norms(flow, 3 * x).min() < 0.9 or dyn.symplecticity_error(flow, x) > 0.1
        assert dyn.invertibility_error(flow, x) > 1e-2


@promising("spectrum")
def test_no_eigenvalue_grows(name, tolerance):
    of = CASES[name]
    found = dyn.stability(moved(of.build()), start(of), args_of(of))
    assert found.growth.max() < (1e-3 if tolerance > 1e-6 else 1e-6)
    if "contracts" in of.promises:
        assert found.logarithmic_norm.max() < (1e-4 if tolerance > 1e-6 else 1e-6)


@pytest.mark.usefixtures("_float64")
@promising("contracts")
def test_two_states_do_not_part(name):
    of = CASES[name]
    flow, args = moved(of.build()), args_of(of)
    x, y = start(of), start(of, 1)
    distances = jnp.linalg.norm(
        (flow.trajectory(x, None, args) - flow.trajectory(y, None, args)).reshape(-1, x.size), axis=1
    )
    assert (jnp.diff(distances) < 0).all()


@pytest.mark.usefixtures("_float64")
@promising("volume")
def test_the_volume_is_kept(name):
    of = CASES[name]
    assert abs(jnp.linalg.det(jax.jacrev(moved(of.build()))(start(of)))) == pytest.approx(1, abs=1e-10)


@promising("symplectic")
def test_symplectic(name, tolerance):
    of = CASES[name]
    assert dyn.symplecticity_error(moved(of.build()), start(of)) < tolerance


@pytest.mark.usefixtures("_float64")
@pytest.mark.parametrize("structure", ["J1", "J2"])
def test_an_hdnn_keeps_its_structure_in_the_limit_of_small_steps(structure):
    """S J S' = J for the flow: explicit Euler is off by the first order of its step."""
    errors = []
    for depth in (100, 200):
        layer = moved(dyn.hdnn(WIDTH, 1, KEY, 1.0, structure)).field.layer(0)
        flow = Flow(layer, dyn.Euler(), steps=depth)
        errors.append(
            float(dyn.symplecticity_error(flow, start(CASES["resnet"]), dyn.interconnection(structure, WIDTH)))
        )
    assert np.log2(errors[0] / errors[1]) == pytest.approx(1, abs=0.2)
    assert errors[1] < 0.1


@promising("inverse")
def test_the_inverse_is_exact(name, tolerance):
    of = CASES[name]
    assert dyn.invertibility_error(moved(of.build()), start(of)) < tolerance


@pytest.mark.usefixtures("_float64")
@promising("gradients")
def test_backward_gradients_do_not_vanish(name):
    of = CASES[name]
    assert dyn.backward_gradient_norms(moved(of.build()), start(of)).min() > 1 - 1e-10


@pytest.mark.usefixtures("_float64")
@promising("energy")
def test_the_energy_of_a_layer_is_kept(name):
    """By the flow itself, here RK4 with many steps, so to its error."""
    layer = moved(CASES[name].build()).field.layer(0)
    flow = Flow(layer, dyn.RK4(), t1=5.0, steps=200)
    assert dyn.energy_drift(flow, start(CASES[name]), layer.energy) < 1e-4


@pytest.mark.usefixtures("_float64")
def test_layers_that_are_alike_are_reversible():
    layer = moved(CASES["leapfrog"].build()).field.layer(0)
    assert dyn.reversibility_error(Flow(layer, dyn.Verlet(), t1=3.0, steps=12), start(CASES["leapfrog"])) < 1e-11


@pytest.mark.usefixtures("_float64")
def test_nais_net_steps_have_a_spectral_radius_below_one_and_forget_the_start():
    of = CASES["nais_net"]
    flow, u = moved(of.build()), args_of(of)
    J = jax.jacrev(lambda x: flow.step(0, x, u))(start(of))
    assert jnp.abs(jnp.linalg.eigvals(J)).max() < 1
    long = dataclasses.replace(flow, t1=2000.0, steps=2000)
    np.testing.assert_allclose(long(start(of), u), long(10 * start(of, 1), u), atol=1e-6)


def test_jit_vmap_grad_and_one_compilation(of):
    traces = []

    @eqx.filter_jit
    def loss(flow, xs, args):
        traces.append(None)
        return jnp.mean(jnp.sin(jax.vmap(lambda x: flow(x, args))(xs)))

    xs = jnp.stack([start(of), start(of, 1)])
    grads = eqx.filter_grad(loss)(of.build(), xs, args_of(of))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(grads))
    count = len(traces)
    again = eqx.filter_grad(loss)(of.build(), xs + 0.1, args_of(of))
    assert len(traces) == count
    assert jax.tree.structure(again) == jax.tree.structure(grads)


def test_a_wrong_shape_is_a_sentence(of):
    flow = of.build()
    wrong = jnp.zeros((of.shape[0] + 2, *of.shape[1:]))
    with pytest.raises(ValueError, match="Flow expects a state that its field takes"):
        flow(wrong, jnp.zeros(of.shape) if of.driven else None)


@pytest.mark.parametrize("build", [dyn.hamiltonian, dyn.leapfrog, dyn.hdnn])
def test_an_odd_width_is_refused(build):
    with pytest.raises(ValueError, match="expects an even width, for positions and momenta, got 5: take 6"):
        build(5, 3, KEY)


def test_the_flows_are_piecewise_but_for_the_one_that_shares_its_weights():
    for name, of in CASES.items():
        assert isinstance(of.build().field, Piecewise) == (name != "nais_net")
