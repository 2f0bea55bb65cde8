from pathlib import Path

import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io.fields import Entry, choose_field, split_field


def entries(**shapes):
    return {name: Entry(shape, np.dtype("f4"), lambda: np.zeros(())) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.h5", (Path("a.h5"), None)),
        ("a.h5:g/x", (Path("a.h5"), "g/x")),
        ("b/a.npz:x", (Path("b/a.npz"), "x")),
        ("a.npy:x", (Path("a.npy:x"), None)),
        ("a.hdf5:", (Path("a.hdf5:"), None)),
    ],
)
def test_split(text, expected):
    assert split_field(text, None) == expected


def test_a_file_with_a_colon_in_its_name_is_that_file(tmp_path):
    path = tmp_path / "a.npz:x"
    path.touch()
    assert split_field(path, None) == (path, None)


def test_a_named_field_wins():
    assert split_field("a.h5:x", "y") == (Path("a.h5:x"), "y")


def test_the_only_one_that_fits():
    assert choose_field(entries(a=(2, 3), b=(5,)), Path("f"), None, (2,)) == "a"
    assert choose_field(entries(b=(5,)), Path("f"), None, (2,)) == "b"


def test_none_fits():
    with pytest.raises(
        InputError, match=r"f: expected an array that fits, found a \(1,\), b \(5,\): name one as f:FIELD"
    ):
        choose_field(entries(a=(1,), b=(5,)), Path("f"), None, (2,))
