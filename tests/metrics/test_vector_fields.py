"""The errors of fields against their definitions, written out by loops."""

import math

import numpy as np
import pytest

from wellposed.metrics import field_errors

RNG = np.random.default_rng(0)
TRUE = [RNG.normal(size=(5, 3)), 2 * RNG.normal(size=(7, 3))]
FOUND = [y + 0.3 * RNG.normal(size=y.shape) for y in TRUE]
MASKS = [np.array([True, True, False, True, False]), np.ones(7, bool)]


def test_by_loops():
    errors = field_errors(TRUE, FOUND, MASKS)
    scale = max(math.sqrt(sum(c * c for c in y)) for field in TRUE for y in field)
    for i, (field, found, mask) in enumerate(zip(TRUE, FOUND, MASKS, strict=True)):
        deltas = [math.dist(y, p) for y, p, m in zip(field, found, mask, strict=True) if m]
        squares = sum(c * c for y, m in zip(field, mask, strict=True) if m for c in y)
        assert errors.mean[i] == pytest.approx(sum(deltas) / len(deltas))
        assert errors.nmae[i] == pytest.approx(sum(deltas) / len(deltas) / scale)
        assert errors.largest[i] == pytest.approx(max(deltas))
        assert errors.epsilon[i] == pytest.approx(math.sqrt(sum(d * d for d in deltas) / squares))


def test_masked_vertices_count_for_the_scale_alone():
    loud = [TRUE[0].copy(), TRUE[1]]
    loud[0][2] *= 100
    before, after = field_errors(TRUE, FOUND, MASKS), field_errors(loud, FOUND, MASKS)
    np.testing.assert_array_equal(before.epsilon, after.epsilon)
    assert (after.nmae < before.nmae / 10).all()


def test_turning_both_changes_nothing():
    turn = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    turned = field_errors([y @ turn.T for y in TRUE], [p @ turn.T for p in FOUND], MASKS)
    np.testing.assert_allclose(turned, field_errors(TRUE, FOUND, MASKS), rtol=1e-12)


def test_a_cosine_of_opposite_fields_is_minus_one():
    assert field_errors(TRUE, [-y for y in TRUE]).cosine == pytest.approx(-1)
    assert field_errors([np.zeros((2, 3))[:1] + 1], [np.zeros((1, 3))]).cosine == 0


@pytest.mark.parametrize(
    ("true", "found", "masks", "words"),
    [
        ([], [], None, "as many fields as predictions, got 0 and 0"),
        (TRUE, FOUND[:1], None, "got 2 and 1"),
        (TRUE[:1], [FOUND[0][:2]], None, r"mesh 0 has a field of \(5, 3\), a prediction of \(2, 3\)"),
        (TRUE[:1], FOUND[:1], [np.zeros(5, bool)], "the mask of mesh 0 leaves no vertex"),
    ],
)
def test_bad_input_is_a_sentence(true, found, masks, words):
    with pytest.raises(ValueError, match=words):
        field_errors(true, found, masks)
