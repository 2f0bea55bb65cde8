"""The whole recipe on a few vessels: its record, its page, and its network on a volume in a file."""

import json

import nibabel
import numpy as np
import pytest
from sections import coronary_segmentation as section

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.io import read_mesh
from wellposed.recipes.coronary_segmentation.settings import Settings
from wellposed.recipes.coronary_segmentation.synthetic import synthetic

SMALL = Settings(around=12, step_mm=1.0, samples=17)
WORDS = ["--preset", "smoke", "--steps", "40"]


def write(folder, name, k, lumen=True):
    """A synthetic scan as files, flipped along its first axis."""
    scan = synthetic(SMALL, "test", k)
    flip = np.diag([-1.0, 1, 1, 1])
    flip[0, 3] = scan.volume.shape[0] - 1
    nibabel.Nifti1Image(scan.volume[::-1], scan.affine @ flip).to_filename(folder / f"{name}.nii.gz")
    if lumen:
        mask = np.asarray(scan.lumen)[::-1].astype(np.uint8)
        nibabel.Nifti1Image(mask, scan.affine @ flip).to_filename(folder / f"{name}.lumen.nii.gz")
    table = np.column_stack([scan.points, scan.diseased])
    np.savetxt(folder / f"{name}.centreline.csv", table, delimiter=",", header="x,y,z,diseased", comments="")
    return scan


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "coronary-segmentation"
    assert main(["run", "coronary-segmentation", *WORDS, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def record(folder):
    return json.loads((folder / "metrics.json").read_text())


def test_all_methods_are_judged_in_all_parts(record):
    scores = record["metrics"]["scores"]
    assert list(scores) == ["graph network", "without neighbours", "threshold (HU)", "threshold (share)"]
    for of in scores.values():
        assert 0.5 < of["all"]["dice"]["mean"] < 1
        assert of["all"]["distance_mm"]["mean"] < of["all"]["hausdorff_mm"]["mean"] < SMALL.reach_mm
    sizes = {of["parameters"] for of in record["metrics"]["networks"].values()}
    assert len(sizes) == 1


def test_the_section_says_what_holds(record):
    if "diseased" in record["metrics"]["scores"]["graph network"]:
        lines = section.asked(record)
        assert len(lines) == 4
        assert "| all | graph network |" in "\n".join(section.section([record]))


def test_the_page_has_its_pictures(folder):
    page = (folder / "report.html").read_text()
    assert page.count('class="picture"') >= 11
    assert "published" in page


def test_a_volume_in_a_file_gets_its_wall(folder, tmp_path):
    scan = write(tmp_path, "heart", 0, lumen=False)
    out = tmp_path / "there"
    assert main(["apply", str(folder), str(tmp_path / "heart.nii.gz"), "--out", str(out)]) == 0
    wall = read_mesh(out / "heart.vtp")
    assert wall.fields["radius_mm"].min() > 0
    from scipy.spatial import KDTree

    distance = KDTree(scan.points).query(wall.points)[0]
    np.testing.assert_allclose(distance, wall.fields["radius_mm"], atol=0.3)


def test_bad_input_leaves_nothing_and_exits_with_2(folder, tmp_path, capsys):
    write(tmp_path, "heart", 0, lumen=False)
    (tmp_path / "heart.centreline.csv").unlink()
    assert main(["apply", str(folder), str(tmp_path / "heart.nii.gz"), "--out", str(tmp_path / "there")]) == 2
    assert "heart.centreline.csv: expected a table, found no such file" in capsys.readouterr().err
    assert not (tmp_path / "there").exists()


def test_own_volumes_are_learned_from(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for k in range(3):
        write(data, f"v{k}", k)
    out = tmp_path / "run"
    words = ["run", "coronary-segmentation", "--preset", "smoke", "--steps", "4", "--data", str(data)]
    assert main([*words, "--out", str(out)]) == 0
    metrics = json.loads((out / "metrics.json").read_text())["metrics"]
    assert metrics["vessels"] == {"validation": 1, "test": 1, "train": 1}
    (data / "v1.lumen.nii.gz").unlink()
    assert main([*words, "--out", str(tmp_path / "other")]) == 2


def test_settings_out_of_range_are_refused():
    with pytest.raises(InputError, match="--around: expected at least 6, found 3"):
        Settings(around=3)
    with pytest.raises(InputError, match="--step-mm: expected a number above 0, found 0"):
        Settings(step_mm=0.0)
    with pytest.raises(InputError, match="--off-centre-mm: expected a number from 0 to 1, found 2"):
        Settings(off_centre_mm=2.0)
