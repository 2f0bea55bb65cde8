"""Volumes in files: any orientation gives the same surface, and what is bad ends in a sentence."""

import nibabel
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.recipes.coronary_segmentation.files import read_folder, read_scan
from wellposed.recipes.coronary_segmentation.inputs import rays_of
from wellposed.recipes.coronary_segmentation.judge import dice, judge
from wellposed.recipes.coronary_segmentation.near import Near
from wellposed.recipes.coronary_segmentation.settings import Settings

RADIUS, STEP = 1.6, (0.4, 0.5, 0.6)
SETTINGS = Settings(around=16, step_mm=1.0, samples=17)
AFFINE = np.array([[STEP[0], 0, 0, -30.0], [0, STEP[1], 0, 12.0], [0, 0, STEP[2], 100.0], [0, 0, 0, 1]])
SHAPE = (30, 26, 40)


def pipe():
    """A straight pipe of 300 HU along z, its wall 0.6 mm wide on the image."""
    at = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), axis=-1) @ AFFINE[:3, :3].T + AFFINE[:3, 3]
    distance = np.hypot(at[..., 0] + 24, at[..., 1] - 18)
    return (300 * np.clip(0.5 - (distance - RADIUS) / 0.6, 0, 1)).astype(np.float32), distance < RADIUS


def write(folder, name="a", image=None, lumen=None, points=None, affine=AFFINE, unit="mm"):
    made, mask = pipe()
    for suffix, values in (("", made if image is None else image), (".lumen", mask if lumen is None else lumen)):
        nifti = nibabel.Nifti1Image(values.astype(np.float32), affine)
        nifti.header.set_xyzt_units(unit)
        nifti.to_filename(folder / f"{name}{suffix}.nii.gz")
    z = np.linspace(104, 118, 8)
    points = np.stack([-24 + 0 * z, 18 + 0 * z, z], axis=1) if points is None else points
    names = ",".join("xyzab"[: points.shape[1]])
    np.savetxt(folder / f"{name}.centreline.csv", points, delimiter=",", header=names, comments="")
    return folder / f"{name}.nii.gz"


def test_a_pipe_has_its_radius(tmp_path):
    scan = read_scan(write(tmp_path), with_lumen=True)
    rays = rays_of(scan, SETTINGS)
    assert rays.radius is not None
    assert rays.radius.mean() == pytest.approx(RADIUS, abs=0.1)  # from a mask of voxels
    assert rays.diseased is None
    seen = rays.inputs.reshape(-1, 2, SETTINGS.samples)[:, 0] * 400
    np.testing.assert_allclose(seen[:, 0], 300, rtol=1e-5)
    np.testing.assert_allclose(seen[:, -1], 0, atol=1e-3)


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, 1, -1), (-1, -1, 1)])
def test_flipped_and_permuted_axes_give_the_same_rays(tmp_path, axes, flips):
    """The same volume stored in another orientation; nibabel itself says which affine map it then has."""
    want = rays_of(read_scan(write(tmp_path)), SETTINGS)
    image, _ = pipe()
    orientation = [[axes[i], flips[i]] for i in range(3)]
    other = nibabel.Nifti1Image(image, AFFINE).as_reoriented(orientation)
    assert not np.allclose(other.affine, AFFINE) or (axes, flips) == ((0, 1, 2), (1, 1, 1))
    other.to_filename(tmp_path / "a.nii.gz")
    found = rays_of(read_scan(tmp_path / "a.nii.gz"), SETTINGS)
    np.testing.assert_allclose(found.inputs, want.inputs, atol=1e-4)


def test_a_volume_in_metres_is_the_same_in_mm(tmp_path):
    want = read_scan(write(tmp_path)).affine
    in_metres = np.diag([1e-3, 1e-3, 1e-3, 1]) @ AFFINE
    found = read_scan(write(tmp_path, "b", affine=in_metres, unit="meter")).affine
    np.testing.assert_allclose(found, want, rtol=1e-5)


def test_circular_tubes_have_the_scores_of_closed_forms(tmp_path):
    scan = read_scan(write(tmp_path), with_lumen=True)
    rays = rays_of(scan, SETTINGS)._replace(radius=None)
    true = np.full((rays.tube.rings, 16), RADIUS)
    rays = rays._replace(radius=true, diseased=np.arange(rays.tube.rings) < 5)
    near = Near.of(scan, rays, SETTINGS)
    for radius in (1.2, 2.1):
        scores = judge(scan, rays, near, np.full_like(true, radius))
        for score in scores.values():
            small, large = sorted((radius, RADIUS))
            assert score.dice == pytest.approx(2 * small**2 / (small**2 + large**2), abs=0.03)
            assert score.hausdorff_mm == pytest.approx(large - small, abs=0.02)
            assert score.distance_mm == pytest.approx(large - small, abs=0.02)
            assert score.radius_mm == pytest.approx(large - small)
    true_score = judge(scan, rays, near, true)["all"]
    assert true_score.dice > 0.97
    assert true_score.hausdorff_mm < 1e-9


def test_one_wrong_vertex_is_the_hausdorff_distance_of_its_part(tmp_path):
    scan = read_scan(write(tmp_path), with_lumen=True)
    rays = rays_of(scan, SETTINGS)
    true = np.full((rays.tube.rings, 16), RADIUS)
    rays = rays._replace(radius=true, diseased=np.arange(rays.tube.rings) < 5)
    wrong = true.copy()
    wrong[2, 3] += 0.8
    scores = judge(scan, rays, Near.of(scan, rays, SETTINGS), wrong)
    assert scores["diseased"].hausdorff_mm == pytest.approx(0.8, abs=0.02)
    assert scores["all"].hausdorff_mm == scores["diseased"].hausdorff_mm
    assert scores["healthy"].hausdorff_mm < 0.05


def test_dice_of_nothing_and_of_all():
    nothing, everything = np.zeros(3, bool), np.ones(3, bool)
    assert [dice(a, b) for a, b in ((nothing, nothing), (nothing, everything), (everything, everything))] == [1, 0, 1]


def broken(values, at, value):
    values = values.astype(np.float32)
    values[at] = value
    return values


BAD = {
    "NaN": (
        lambda: {"image": broken(pipe()[0], (3, 3, 3), np.nan)},
        r"a\.nii\.gz: expected finite numbers, found 1 of",
    ),
    "outside": (
        lambda: {"points": np.array([[-24.0, 18, 104], [-24, 18, 300]])},
        r"a\.centreline\.csv: expected points in the volume, found 1 of 2 outside, the first \(-24\.0, 18\.0, 300\.0\)",
    ),
    "mask's shape": (lambda: {"lumen": pipe()[1][1:]}, r"a\.lumen\.nii\.gz: expected the grid of a\.nii\.gz"),
    "empty mask": (lambda: {"lumen": 0 * pipe()[1]}, r"expected the centreline in the lumen, found 100 %"),
    "two columns": (lambda: {"points": np.ones((4, 2))}, r"expected at least 2 rows of x, y, z in mm"),
    "one place": (lambda: {"points": np.tile([[-24.0, 18, 104]], (4, 1))}, r"found one place again and again"),
    "flat": (lambda: {"image": np.zeros((5, 5, 1)), "lumen": np.zeros((5, 5, 1))}, r"expected one volume with three"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_end_in_a_sentence(tmp_path, case):
    make, words = BAD[case]
    path = write(tmp_path, **make())
    with pytest.raises(InputError, match=words):
        read_scan(path, with_lumen=True)


def test_missing_files_end_in_a_sentence(tmp_path):
    path = write(tmp_path)
    with pytest.raises(InputError, match=r"at least 3 volumes NAME\.nii\.gz, found 1"):
        read_folder(tmp_path)
    with pytest.raises(InputError, match="expected a folder of volumes"):
        read_folder(tmp_path / "none")
    (tmp_path / "a.lumen.nii.gz").unlink()
    with pytest.raises(InputError, match=r"a\.lumen\.nii\.gz: expected a mask of the lumen"):
        read_scan(path, with_lumen=True)
    (tmp_path / "a.centreline.csv").unlink()
    with pytest.raises(InputError, match=r"a\.centreline\.csv: expected a table, found no such file"):
        read_scan(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(InputError, match=r"a\.nii\.gz: expected a whole volume, found a damaged one"):
        read_scan(path)
