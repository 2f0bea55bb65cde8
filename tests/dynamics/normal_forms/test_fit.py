import jax
import jax.numpy as jnp
import numpy as np
import pytest
from normal_form_data import exact

from wellposed.dynamics import Architecture, Stage, fit_normal_form, is_monotone, untrained

KEY = jax.random.key(0)
CASE = exact("Hopf")
ARCHITECTURE = Architecture(widths=(8,), parameter_widths=(4,), time_degree=1)
STAGES = (Stage(120, 3e-3, 5, 16, 3),)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    go = lambda resume: fit_normal_form(
        CASE.form, CASE.trajectories, STAGES, ARCHITECTURE, seeds=2, key=KEY, folder=folder, resume=resume
    )
    first = go(False)
    return first, go(True)


def test_the_bifurcation_and_the_time_scale_are_found(fitted):
    for k in range(2):
        model = fitted[0].seed(k)
        assert float(model.bifurcation()) == pytest.approx(CASE.critical, abs=0.05)
        assert float(model.rate(jnp.zeros(()))) == pytest.approx(1 / CASE.time, rel=0.03)
        assert bool(is_monotone(model.parameter_map))


def test_predictions_follow_the_data_in_their_own_units(fitted):
    model, data = fitted[0].seed(0), CASE.trajectories.take(slice(0, 5))
    ts = jnp.asarray(data.ts, jnp.float32)
    x0, p = (jnp.asarray(part, jnp.float32) for part in (data.states[:, 0], data.parameters))
    predicted = jax.jit(jax.vmap(lambda x, p: model.predict(x, p, ts)))(x0, p)
    size = np.sqrt(np.mean(data.states**2, axis=(1, 2)))
    assert np.all(np.sqrt(np.mean((predicted - data.states) ** 2, axis=(1, 2))) < 0.06 * size)


def test_seeds_differ(fitted):
    one, other = (fitted[0].seed(k).encoder.network.layers[0].weight for k in range(2))
    assert np.abs(np.asarray(one - other)).max() > 1e-3


def test_a_finished_training_is_resumed_bit_for_bit(fitted):
    for one, other in zip(*(jax.tree.leaves(of.models) for of in fitted), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_equations_say_the_bifurcation(fitted):
    model = fitted[0].seed(0)
    first, second, *_, last = model.equations()
    assert first == "dz1/dt = (beta z1 - z2 - z1 (z1^2 + z2^2)) / tau^2"
    assert second.startswith("dz2/dt = ")
    assert float(last.rsplit("p = ", 1)[1]) == pytest.approx(float(model.bifurcation()), rel=1e-5)


def test_parameter_and_beta_are_inverse_to_each_other(fitted):
    model, p = fitted[0].seed(0), jnp.float32(5.9)
    assert float(model.parameter(model.beta(p))) == pytest.approx(5.9, abs=1e-4)


def test_an_untrained_one_has_the_same_structure(fitted):
    model = untrained(CASE.form, CASE.mix.shape[0], ARCHITECTURE, KEY)
    assert jax.tree.structure(model) == jax.tree.structure(fitted[0].seed(0))
    shapes = lambda of: [leaf.shape for leaf in jax.tree.leaves(of)]
    assert shapes(model) == shapes(fitted[0].seed(0))


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(ValueError, match="slopes and parameters"):
        fit_normal_form(CASE.form, CASE.trajectories._replace(slopes=None), STAGES, key=KEY)
    same = CASE.trajectories._replace(parameters=np.ones(40))
    with pytest.raises(ValueError, match=r"parameters that vary, got 1\.0"):
        fit_normal_form(CASE.form, same, STAGES, key=KEY)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (lambda of: {"states": np.ones_like(of.states)}, "states that vary"),
        (lambda of: {"slopes": np.zeros_like(of.slopes)}, "slopes other than 0"),
        (lambda of: {"inside": np.zeros(of.states.shape[:2], bool)}, "samples that count"),
    ],
)
def test_data_without_units_are_refused(changes, sentence):
    bad = CASE.trajectories._replace(**changes(CASE.trajectories))
    with pytest.raises(ValueError, match=sentence):
        fit_normal_form(CASE.form, bad, STAGES, ARCHITECTURE, key=KEY)


def test_it_expects_a_parameter(fitted):
    with pytest.raises(ValueError, match="expects a parameter"):
        fitted[0].seed(0).predict(np.zeros(2), None, np.arange(3.0))
