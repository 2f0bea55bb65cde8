"""Bad input: one sentence, exit code 2, nothing half-written."""

import h5py
import numpy as np
import pytest
from PIL import Image

from wellposed.cli import main


def empty(folder):
    (folder / "none").mkdir()
    return ["--images", str(folder / "none")]


def with_nan(folder):
    pictures = np.ones((12, 20, 20), np.float32)
    pictures[3, 4, 5] = np.nan
    np.save(folder / "nan.npy", pictures)
    return ["--images", str(folder / "nan.npy")]


def of_wrong_shape(folder):
    np.save(folder / "line.npy", np.arange(20.0))
    return ["--images", str(folder / "line.npy")]


def truncated(folder):
    path = folder / "scans.h5"
    with h5py.File(path, "w") as file:
        file["images"] = np.random.default_rng(0).random((40, 30, 30))
    path.write_bytes(path.read_bytes()[:2000])
    return ["--images", str(path)]


def too_few(folder):
    for i in range(3):
        picture = np.arange(400, dtype=np.uint8).reshape(20, 20)
        Image.fromarray(np.roll(picture, i)).save(folder / f"{i}.png")
    return ["--images", str(folder)]


def matrix_of_another_size(folder):
    np.save(folder / "A.npy", np.ones((9, 100)))
    return ["--operator", str(folder / "A.npy")]


CASES = {
    empty: "none: expected",
    with_nan: "nan.npy",
    of_wrong_shape: "line.npy",
    truncated: "scans.h5",
    too_few: "expected at least 20 pictures",
    matrix_of_another_size: "A.npy: expected 576 columns",
    lambda _: ["--images", "nowhere.npy"]: "nowhere.npy",
    lambda _: ["--rank", "999"]: "--rank: expected at most 340",
    lambda _: ["--detectors", "20"]: "--detectors: expected at least 34",
    lambda _: ["--noise", "0"]: "--noise: expected a positive ratio",
    lambda _: ["--detectors", "0"]: "--detectors: expected at least 1",
    lambda _: ["--depth", "-1"]: "--depth: expected",
    lambda _: ["--alpha-y", "nan"]: "--alpha-y: expected",
    lambda _: ["--alpha-x", "inf"]: "--alpha-x: expected",
    lambda _: ["--angles", "1"]: "--angles: expected at least 2 views",
    lambda _: ["--size", "512", "--angles", "400"]: "--size 512 with --angles 400",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: CASES[case])
def test_bad_input(case, tmp_path, capsys):
    out = tmp_path / "run"
    (tmp_path / "data").mkdir()
    code = main(["run", "lsvd", "--preset", "smoke", "--out", str(out), *case(tmp_path / "data")])
    message = capsys.readouterr().err
    assert code == 2
    assert CASES[case] in message
    assert message.count("\n") == 1
    assert not out.exists()
