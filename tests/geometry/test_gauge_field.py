"""Gauge fields: their text, and how they turn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.geometry import GaugeField


def test_text_there_and_back():
    for text in ("8x0 + 8x1 + 8x2", "3x0", "2x1", "1x0 + 4x3"):
        assert str(GaugeField.parse(text)) == text
    assert GaugeField.parse("2x1").dim == 4
    for text in ("", "8x0 + 8", "8x0 + 2x0", "0x0"):
        with pytest.raises(ValueError, match="expects a text like"):
            GaugeField.parse(text)


def test_parts_join_and_turns_add_up_and_keep_lengths():
    field = GaugeField.parse("2x0 + 3x1 + 1x2")
    x = jax.random.normal(jax.random.key(0), (5, field.dim))
    np.testing.assert_array_equal(field.join(field.parts(x)), x)
    a, b = jax.random.normal(jax.random.key(1), (2, 5))
    np.testing.assert_allclose(field.rotated(field.rotated(x, a), b), field.rotated(x, a + b), atol=1e-5)
    np.testing.assert_allclose(jnp.linalg.norm(field.rotated(x, a), axis=1), jnp.linalg.norm(x, axis=1), rtol=1e-5)


def test_a_pair_of_order_two_turns_twice_as_fast():
    field = GaugeField.parse("1x2")
    np.testing.assert_allclose(field.rotated(jnp.array([1.0, 0]), jnp.asarray(jnp.pi / 4)), [0, 1], atol=1e-6)
