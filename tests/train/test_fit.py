import io
import re
from typing import Any, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from rich.console import Console

from tests.train.problems import ADAM, batches, network, noisy_loss, plain_loss, same_bits, samples
from wellposed.errors import InputError
from wellposed.train import FitResult, Minibatches, Progress, Result, fit

KEY = jax.random.key(3)
SGD = optax.sgd(0.05)


def _fit(model=None, loss=noisy_loss, data=None, optimiser=ADAM, **options) -> FitResult[Any]:
    options = {"steps": 50, "key": KEY, **options}
    return fit(model or network(), loss, data or batches(), optimiser, **options)


def _compiled(caplog, call):
    """The names of the functions that a call compiles."""
    caplog.clear()
    with jax.log_compiles():
        call()
    return re.findall(r"Finished XLA compilation of jit\((\w+)\)", caplog.text)


class Line(eqx.Module):
    """`x -> slope . x`, with a frozen offset and an activation that is no array."""

    slope: jax.Array
    offset: jax.Array
    activation: object = jnp.negative

    def __call__(self, x):
        return jnp.dot(self.slope, x) + self.offset


def _only_slope(line):
    spec = jax.tree.map(lambda _: False, line)
    return eqx.tree_at(lambda line: line.slope, spec, True)


def test_least_squares_reaches_its_closed_form():
    x, y = samples()
    with jax.enable_x64(True):
        data = Minibatches((x.astype(np.float64), y[:, 0].astype(np.float64)), 64, key=KEY)
        line = Line(jnp.zeros(3, jnp.float64), jnp.zeros((), jnp.float64))
        fitted = _fit(line, plain_loss, data, optax.sgd(0.3), steps=400, trainable=_only_slope(line))
        expected = np.linalg.lstsq(x.astype(np.float64), y[:, 0].astype(np.float64))[0]
        np.testing.assert_allclose(fitted.model.slope, expected, atol=1e-10)
        assert fitted.model.offset == 0
        assert fitted.result is Result.successful
        assert fitted.history.loss.shape == (400,)
        np.testing.assert_allclose(fitted.history.loss[-1], np.mean((x @ expected - y[:, 0]) ** 2), rtol=1e-5)


def test_a_complex_array_descends():
    target = jnp.array(1.0 + 2.0j)

    def loss(z, batch, key):
        return jnp.abs(z - target) ** 2, {}

    fitted = fit(jnp.array(0.0j), loss, lambda key, step: None, optax.sgd(0.1), steps=50, key=KEY)
    np.testing.assert_allclose(fitted.model, target, atol=1e-4)


def test_every_step_draws_new_batches_and_new_noise_from_the_key_and_the_step():
    history = _fit(steps=20).history
    assert set(history.terms) == {"loss", "error", "noise"}
    assert len(set(history.terms["noise"].tolist())) == 20
    fresh = _fit(data=lambda key, step: jax.tree.map(lambda a: a[:8] + jax.random.normal(key), samples()), steps=20)
    assert len(set(fresh.history.loss.tolist())) == 20


def test_the_calls_do_not_change_the_bits():
    whole, pieces = _fit(), _fit(chunk=7)
    assert same_bits(whole.model, pieces.model)
    np.testing.assert_array_equal(whole.history.loss, pieces.history.loss)


def test_equal_keys_are_equal_and_other_keys_differ():
    first = _fit()
    assert same_bits(first.model, _fit().model)
    assert not same_bits(first.model, _fit(key=jax.random.key(4)).model)
    assert not same_bits(first.model, _fit(data=batches(seed=2)).model)


def test_the_model_of_the_caller_stays_as_it_was():
    model = network()
    before = jax.tree.map(np.array, eqx.filter(model, eqx.is_array))
    fitted = _fit(model, average=0.9)
    assert same_bits(before, model)
    assert not same_bits(fitted.model, model)
    assert jnp.isfinite(model(jnp.ones(3))).all()


def test_a_second_fit_compiles_nothing_and_a_first_one_its_loop_once(caplog):
    for home in (None, jax.devices()[0]):  # data that is committed to its device, too
        data = Minibatches(jax.device_put(samples(), home), 4, key=KEY)
        first = _compiled(caplog, lambda data=data: _fit(data=data, steps=57, chunk=10))
        assert first.count("advance") == 1, "once for full calls and for the last seven steps"
        second = _compiled(caplog, lambda data=data: _fit(data=data, steps=39, chunk=10, key=jax.random.key(8)))
        assert second == []


def test_the_data_is_an_argument_of_the_program():
    """The program for a thousand times the data is no longer."""
    from wellposed.train.loop import Step, advance

    def length(n):
        params, frozen = eqx.partition(network(), eqx.is_inexact_array)
        step = Step(plain_loss, batches(n=n), SGD, frozen, KEY, None)
        zero = jnp.array(0, jnp.int32)
        return len(cast(Any, advance).lower((step, zero, zero, {"loss": jnp.zeros(4)}), step.start(params)).as_text())

    assert length(64_000) < 1.01 * length(64)


def test_large_arrays_in_a_closure_are_warned_of():
    images = jnp.zeros((600, 600))

    def baked(key, step):
        return images[:8, :3], images[:8, :2]

    with pytest.warns(UserWarning, match=r"close over 1 MiB of arrays, which are compiled into the program"):
        _fit(loss=plain_loss, data=baked, steps=0)


def test_nan_in_the_data_stops_before_its_step():
    def poisoned(key, step):
        x, y = batches()(key, step)
        return x, jnp.where(step == 17, jnp.nan, y)

    stopped = _fit(data=poisoned, throw=False)
    assert stopped.result is Result.nonfinite
    assert stopped.steps == 17
    assert stopped.history.loss.shape == (17,)
    assert same_bits(stopped.model, _fit(steps=17).model)
    with pytest.raises(FloatingPointError, match=r"trial: the loss is NaN or infinite in step 17 of 50 .loss nan"):
        _fit(data=poisoned, name="trial")


def test_nan_in_the_gradient_alone_stops_in_its_own_step():
    def loss(model, batch, key):
        return jnp.sqrt(jnp.sum(model**2)), {}  # its gradient at 0 is NaN

    with pytest.raises(FloatingPointError, match=r"fit: a trained array is NaN or infinite in step 0 of 5 .loss 0"):
        fit(jnp.zeros(2), loss, lambda key, step: None, SGD, steps=5, key=KEY)


def _distance_to_step_thirty(model):
    """Lowest after 30 steps of `counting_loss`."""
    return jnp.abs(model - 30.0)


def _counting_loss(model, batch, key):
    return -model, {}  # with a rate of 1, the model counts the steps


def _count(**options):
    options = {"steps": 200, "key": KEY, "validate": _distance_to_step_thirty, "every": 10, **options}
    return fit(jnp.array(0.0), _counting_loss, lambda key, step: None, optax.sgd(1.0), **options)


def test_early_stopping_stops_in_time_and_gives_the_best_model():
    fitted = _count(patience=3)
    assert fitted.result is Result.early_stop
    assert (fitted.steps, fitted.best_step, float(fitted.model)) == (60, 30, 30.0)
    np.testing.assert_array_equal(fitted.history.validation_steps, [10, 20, 30, 40, 50, 60])
    np.testing.assert_array_equal(fitted.history.validation, [20, 10, 0, 10, 20, 30])


def test_without_patience_the_best_model_is_kept_and_all_steps_are_taken():
    fitted = _count(steps=44)
    assert fitted.result is Result.successful
    assert (fitted.steps, fitted.best_step, float(fitted.model)) == (44, 30, 30.0)
    assert fitted.history.validation_steps.tolist() == [10, 20, 30, 40, 44]


def test_a_resumed_run_remembers_its_patience(tmp_path):
    _count(steps=50, folder=tmp_path)
    fitted = _count(patience=3, folder=tmp_path, resume=True)
    assert (fitted.steps, fitted.best_step, float(fitted.model)) == (60, 30, 30.0)


@pytest.mark.parametrize(("average", "expected"), [(1.0, np.mean(np.arange(1, 9))), (0.5, None)])
def test_the_average_is_the_one_of_its_formula(average, expected):
    if expected is None:
        expected = 1.0
        for step in range(1, 8):
            keep = min(average, step / (step + 1))
            expected = keep * expected + (1 - keep) * (step + 1)
    fitted = _count(steps=8, validate=None, average=average)
    np.testing.assert_allclose(fitted.model, expected, rtol=1e-6)


def test_averaging_removes_the_noise_of_a_stochastic_optimum():
    x, y = samples()
    line = Line(jnp.zeros(3), jnp.zeros(()))
    options = {"steps": 600, "trainable": _only_slope(line)}
    data = Minibatches((x, y[:, 0]), 4, key=KEY)
    optimum = np.linalg.lstsq(x, y[:, 0])[0]
    noisy = _fit(line, plain_loss, data, SGD, **options).model.slope
    averaged = _fit(line, plain_loss, data, SGD, average=0.99, **options).model.slope
    assert np.linalg.norm(averaged - optimum) < 0.4 * np.linalg.norm(noisy - optimum)


def test_another_training_is_refused_in_a_sentence(tmp_path):
    settings = {"rate": 0.01}
    _fit(steps=3, folder=tmp_path, settings=settings)
    resume = {"steps": 3, "folder": tmp_path, "resume": True}
    with pytest.raises(InputError, match=r"another training .expected 'settings rate = 0.02', found 'settings rate = "):
        _fit(settings={"rate": 0.02}, **resume)
    with pytest.raises(InputError, match=r"expected 'key \[0, 5\]', found 'key \[0, 3\]'"):
        _fit(settings=settings, key=jax.random.key(5), **resume)
    wider = eqx.nn.MLP(3, 2, width_size=5, depth=1, key=KEY)
    with pytest.raises(InputError, match=r"weight: float32\(5, 3\)', found 'trained layers/0/weight: float32\(4, 3\)"):
        _fit(wider, settings=settings, **resume)
    with pytest.raises(InputError, match=r"expected at most 2 steps, found 3: ask for more steps"):
        _fit(settings=settings, **{**resume, "steps": 2})


def test_a_training_started_anew_replaces_the_checkpoint_at_once(tmp_path):
    first = _fit(folder=tmp_path)
    again = _fit(folder=tmp_path, key=jax.random.key(5))
    assert not same_bits(first.model, again.model)
    resumed = _fit(folder=tmp_path, key=jax.random.key(5), resume=True)
    assert same_bits(again.model, resumed.model)


def test_a_finished_training_may_go_on(tmp_path):
    _fit(steps=20, folder=tmp_path)
    assert same_bits(_fit(folder=tmp_path, resume=True).model, _fit().model)


def test_progress_shows_the_terms_in_a_terminal_and_nothing_elsewhere(capfd):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, force_interactive=True, width=140, color_system=None)
    fitted = _fit(progress=Progress(console), name="panel (c)")
    assert "panel (c): 50 of 50 in 0:00:0" in stream.getvalue()
    assert "error 0." in stream.getvalue()
    assert fitted.seconds > 0
    _fit()
    assert capfd.readouterr() == ("", "")


def _scalar_only(model, batch, key):
    return jnp.sum(model)


def _vector(model, batch, key):
    return model, {}


def _reserved(model, batch, key):
    return jnp.sum(model), {"step": jnp.sum(model)}


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (_scalar_only, r"a loss to return \(scalar, dict of terms\), got"),
        (_vector, r"scalars, got {'loss': \(2,\)}: take their means"),
        (_reserved, r"names of their own, got \['step'\]: rename them"),
    ],
)
def test_a_loss_of_another_form_is_refused(loss, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(jnp.zeros(2), loss, lambda key, step: None, SGD, steps=1, key=KEY)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"steps": -1}, "steps of at least 0, got -1"),
        ({"every": 0}, "every of at least 1, got 0"),
        ({"chunk": 0}, "chunk of at least 1, got 0"),
        ({"patience": 2}, "validate=... beside patience=..., got None"),
        ({"average": 1.5}, r"average in \[0, 1\], got 1.5"),
        ({"trainable": False}, "trainable leaves to be real or complex JAX arrays, got no leaf at all"),
        ({"trainable": True}, "trainable leaves to be real or complex JAX arrays, got a leaf of type"),
    ],
)
def test_bad_options_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        _fit(**options)
