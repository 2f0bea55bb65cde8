"""A trained map applied to files."""

import numpy as np
import pytest
from toy_recipe import RECIPE, RECIPES, Settings

from wellposed.errors import InputError
from wellposed.recipes import Plan, apply_run, run_recipe


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "toy"
    run_recipe(RECIPE, Plan("toy", Settings()), folder)
    return folder


def write(path, array):
    np.save(path, np.asarray(array, dtype=np.float32))
    return path


def test_one_sample_and_a_stack_are_answered_under_their_names(run, tmp_path):
    one = write(tmp_path / "one.npy", np.ones((2, 3)))
    stack = write(tmp_path / "stack.npy", np.ones((4, 2, 3)))
    answers = apply_run(run, [one, stack], tmp_path / "out", RECIPES)
    assert [path.name for path in answers] == ["one.npy", "stack.npy"]
    for path, shape in zip(answers, [(2, 3), (4, 2, 3)], strict=True):
        np.testing.assert_array_equal(np.load(path), np.full(shape, 3.0))


def test_answers_lie_in_the_run_by_default(run, tmp_path):
    (answer,) = apply_run(run, [write(tmp_path / "a.npy", np.ones((2, 3)))], None, RECIPES)
    assert answer == run / "answers" / "a.npy"


def test_nothing_is_written_when_one_file_is_bad(run, tmp_path):
    good = write(tmp_path / "good.npy", np.ones((2, 3)))
    bad = write(tmp_path / "bad.npy", np.ones((5, 3)))
    with pytest.raises(InputError, match=r"bad.npy: expected one sample or a stack.*found shape \(5, 3\)"):
        apply_run(run, [good, bad], tmp_path / "out", RECIPES)
    assert not (tmp_path / "out").exists()


def test_numbers_that_are_not_finite_are_bad_input(run, tmp_path):
    bad = write(tmp_path / "bad.npy", [[1, np.nan, 3], [1, np.inf, 3]])
    with pytest.raises(InputError, match=r"bad.npy"):
        apply_run(run, [bad], tmp_path / "out", RECIPES)


def test_no_file_and_two_of_one_name_are_bad_input(run, tmp_path):
    with pytest.raises(InputError, match="FILE: expected at least one file"):
        apply_run(run, [], None, RECIPES)
    with pytest.raises(InputError, match=r"a.npy: expected files of different names"):
        apply_run(run, [tmp_path / "a.npy", tmp_path / "b" / "a.npy"], None, RECIPES)


def test_inputs_are_never_overwritten(run, tmp_path):
    path = write(tmp_path / "a.npy", np.ones((2, 3)))
    with pytest.raises(InputError, match="--out: expected a folder other than that of"):
        apply_run(run, [path], tmp_path, RECIPES)
