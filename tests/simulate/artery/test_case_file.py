"""The file of the cases."""

import h5py
import numpy as np
import pytest
from toy_case import toy

from wellposed.simulate.artery import write_case, write_cases
from wellposed.simulate.artery.case_file import rounded


def test_groups_are_those_of_the_published_layout(tmp_path):
    parts = [tmp_path / f"{k}.h5" for k in (4, 7)]
    for k, part in zip((4, 7), parts, strict=True):
        write_case(part, toy(k))
    write_cases(tmp_path / "all.h5", parts, seed=3)
    with h5py.File(tmp_path / "all.h5") as file:
        assert list(file) == ["sample-0000", "sample-0001"]
        assert file.attrs["seed"] == 3
        assert file.attrs["wss_unit"] == "dyn/cm2"
        group, case = file["sample-0001"], toy(7)
        assert isinstance(group, h5py.Group)
        assert group.attrs["case"] == 7
        found = {name: np.asarray(group[name]) for name in group}
    assert {n: (a.shape, a.dtype.name) for n, a in found.items()} == {
        "pos": ((9, 3), "float32"),
        "face": ((12, 3), "int32"),
        "wss": ((9, 3), "float32"),
        "pressure": ((9, 1), "float32"),
        "inlet_idcs": ((3,), "int32"),
        "mask": ((9,), "uint8"),
    }
    np.testing.assert_allclose(found["pos"], case.pos, atol=1e-6)
    np.testing.assert_allclose(found["wss"], case.wss, rtol=1e-4)
    np.testing.assert_array_equal(found["face"], case.face)


def test_rounding_keeps_fourteen_digits():
    x = np.asarray([0.0, 1.0, np.pi, -1e5 / 3, 1e-9])
    np.testing.assert_allclose(rounded(x), x, rtol=2.0**-14)
    assert rounded(x)[2] == pytest.approx(round(np.pi * 2**12) / 2**12, abs=1e-12)
