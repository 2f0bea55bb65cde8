import subprocess
import sys

import jax
import numpy as np
import pytest

from wellposed.simulate import SLABS, anatomy, anatomy_slices

KEY = jax.random.key(0)


def test_slabs_do_not_touch():
    used = {split: {i for first, last in slabs for i in range(first, last + 1)} for split, slabs in SLABS.items()}
    for split, slices in used.items():
        for other in used.keys() - {split}:
            assert min(abs(i - j) for i in slices for j in used[other]) >= 3  # two slices between them: 6 mm
    assert min(abs(i - j) for i in used["train"] for j in used["test"]) >= 5
    assert (len(used["train"]), len(used["validation"]), len(used["test"])) == (35, 3, 10)


def test_slices_are_the_template_s():
    """Against nibabel's own reading of the file in the package: slice 45 at 2 mm, by its coordinates."""
    from nilearn.datasets import load_mni152_template

    image = load_mni152_template(resolution=2)
    ours = anatomy_slices("test")[5]
    data = np.asarray(image.dataobj)
    for x, y in [(-20, 30), (35, -60), (2, 10)]:  # mm to the right and to the front
        column, row, z = (np.linalg.inv(image.affine) @ [x, y, 2 * 45 - 72, 1])[:3].round().astype(int)
        assert ours[ours.shape[0] - 1 - row, column] == pytest.approx(data[column, row, z] / data.max())


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_slices_are_upright_centred_and_in_the_unit_interval(split):
    slices = anatomy_slices(split, 64)
    assert slices.shape[1:] == (64, 64)
    assert slices.dtype == np.float32
    assert slices.min() == 0.0
    assert 0.8 < slices.max() <= 1.0
    rows, columns = np.nonzero(slices.max(0) > 0.1)
    assert abs((columns.min() + columns.max()) / 2 - 31.5) < 2.0
    assert abs((rows.min() + rows.max()) / 2 - 31.5) < 6.0
    assert np.ptp(rows) > np.ptp(columns)  # a head is longer than it is wide
    np.testing.assert_allclose(slices, slices[:, :, ::-1], atol=0.3)  # left and right, where up is up


def test_resolution_1_is_the_same_anatomy_in_finer_steps():
    coarse, fine = anatomy_slices("test", 64), anatomy_slices("test", 64, resolution=1)
    assert len(fine) == 2 * (len(coarse) - 1) + 1
    assert np.abs(fine[::2] - coarse).mean() < 0.03


def test_pictures_are_deformed_slices_of_their_slab():
    pictures = np.asarray(anatomy("validation", 12, 32, KEY))
    assert pictures.shape == (12, 32, 32)
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0.0
    assert pictures.max() <= 1.0
    np.testing.assert_array_equal(pictures, anatomy("validation", 12, 32, KEY))
    assert np.abs(pictures[0] - pictures[1]).max() > 0.1


def test_an_unknown_split():
    with pytest.raises((ValueError, TypeError), match=r"split|Literal|parameter"):
        anatomy_slices("exam", 32)  # pyright: ignore[reportArgumentType]


def test_loading_is_silent():
    program = "from wellposed.simulate import anatomy_slices; anatomy_slices('validation', 16)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")
