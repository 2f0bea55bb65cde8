import errno

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.train.problems import ADAM, batches, network, noisy_loss, same_bits
from wellposed.errors import InputError
from wellposed.train import arrays, fit, load_model, save_model


class Model(eqx.Module):
    """Leaves of many kinds."""

    weight: jax.Array
    half: jax.Array
    phase: jax.Array
    table: np.ndarray
    key: jax.Array
    scale: float
    name: str
    activation: object


def _model(seed):
    key = jax.random.key(seed)
    return Model(
        weight=jax.random.normal(key, (3, 2)),
        half=jax.random.normal(key, (2,), jnp.bfloat16),
        phase=jax.random.normal(key, (2,), jnp.complex64),
        table=np.arange(4) + seed,
        key=key,
        scale=0.5 + seed,
        name="model",
        activation=jnp.tanh,
    )


def test_a_model_comes_back_bit_for_bit(tmp_path):
    save_model(tmp_path / "model.eqx", _model(1))
    loaded, saved = load_model(tmp_path / "model.eqx", _model(2)), _model(1)
    for name in ("weight", "half", "phase", "table"):
        assert getattr(loaded, name).dtype == getattr(saved, name).dtype
        np.testing.assert_array_equal(getattr(loaded, name), getattr(saved, name))
    np.testing.assert_array_equal(jax.random.key_data(loaded.key), jax.random.key_data(saved.key))
    assert loaded.scale == saved.scale


def test_a_model_file_holds_no_code(tmp_path):
    save_model(tmp_path / "model.eqx", _model(1))
    text = (tmp_path / "model.eqx").read_bytes()
    assert b"pickle" not in text
    assert b"\x80\x04" not in text  # the start of a pickle


def test_a_model_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "model.eqx"
    save_model(path, network())
    wider = eqx.nn.MLP(3, 2, width_size=5, depth=1, key=jax.random.key(0))
    with pytest.raises(
        InputError, match=r"layers/0/weight: float32\(5, 3\)', found 'layers/0/weight: float32\(4, 3\)'"
    ):
        load_model(path, wider)
    deeper = eqx.nn.MLP(3, 2, width_size=4, depth=1, use_final_bias=False, key=jax.random.key(0))
    with pytest.raises(InputError, match=r"build the model with the settings that it was trained with"):
        load_model(path, deeper)


def test_a_model_saved_with_other_settings_is_refused(tmp_path):
    path = tmp_path / "model.eqx"
    save_model(path, network(), {"rate": 0.1})
    assert same_bits(load_model(path, network(), {"rate": 0.1}), network())
    with pytest.raises(InputError, match=r"saved with other settings .*rate = 0\.1.*: choose another folder"):
        load_model(path, network(), {"rate": 0.2})


def test_a_file_cut_anywhere_is_refused(tmp_path):
    whole, cut = tmp_path / "model.eqx", tmp_path / "cut.eqx"
    save_model(whole, network())
    content = whole.read_bytes()
    for length in [*range(0, len(content), 37), len(content) - 1]:
        cut.write_bytes(content[:length])
        with pytest.raises(InputError, match=r"cut.eqx: expected .* found .*cut off"):
            load_model(cut, network())


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "model.eqx"
    with pytest.raises(InputError, match=r"expected a file of arrays, found No such file or directory: check the path"):
        load_model(path, network())
    with pytest.raises(InputError, match=r"found Is a directory"):
        load_model(tmp_path, network())
    np.save(tmp_path / "array.npy", np.zeros(100))
    with pytest.raises(InputError, match=r"array.npy: .* found another kind of file: check the path"):
        load_model(tmp_path / "array.npy", network())


def test_a_model_is_no_checkpoint_and_a_checkpoint_no_model(tmp_path):
    options = {"steps": 2, "key": jax.random.key(0), "folder": tmp_path}
    fit(network(), noisy_loss, batches(), ADAM, **options)
    with pytest.raises(InputError, match=r"expected a model, found a checkpoint of a training"):
        load_model(tmp_path / "fit.checkpoint", network())
    save_model(tmp_path / "fit.checkpoint", network())
    with pytest.raises(InputError, match=r"expected a checkpoint of a training, found a model"):
        fit(network(), noisy_loss, batches(), ADAM, resume=True, **options)


def test_a_damaged_checkpoint_is_refused_rather_than_started_anew(tmp_path):
    options = {"steps": 2, "key": jax.random.key(0), "folder": tmp_path}
    fit(network(), noisy_loss, batches(), ADAM, **options)
    path = tmp_path / "fit.checkpoint"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"fit.checkpoint: expected whole arrays, found a file cut off"):
        fit(network(), noisy_loss, batches(), ADAM, resume=True, **options)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.eqx"
    save_model(path, network())

    def full(stream, leaf):
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(arrays, "_write_leaf", full)
    with pytest.raises(InputError, match=r"expected room for a file, found .* No space left on device"):
        save_model(path, network(1))
    assert same_bits(load_model(path, network(2)), network())
    assert [file.name for file in tmp_path.iterdir()] == ["model.eqx"]


def test_a_resumed_training_keeps_what_is_not_trained(tmp_path):
    """An affine start from a decomposition of the data has another sign on another machine."""
    options = {"key": jax.random.key(0), "trainable": [True, False]}
    loss = lambda model, batch, key: (jnp.sum((model[0] * model[1] - batch) ** 2), {})
    learn = lambda sign, **more: fit(
        [jnp.ones(2), sign * 2 * jnp.ones(2)], loss, lambda key, step: jnp.ones(2), ADAM, **options, **more
    )
    learn(1.0, steps=3, folder=tmp_path)
    again, whole = learn(-1.0, steps=6, folder=tmp_path, resume=True), learn(1.0, steps=6)
    for found, wanted in zip(again.model, whole.model, strict=True):
        np.testing.assert_array_equal(found, wanted)
