"""The whole recipe on coarse simulated walls: its table, its page, and its network on a wall in a file."""

import json
from pathlib import Path

import numpy as np
import pytest
from sections import wall_shear_stress as section

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.io import ArteryRecord, SurfaceRecord, read_mesh, write_arteries, write_mesh
from wellposed.recipes.wall_shear_stress.arteries import Artery, artery_of, split
from wellposed.recipes.wall_shear_stress.ends import inlet_diameter, open_ends, without_extensions
from wellposed.recipes.wall_shear_stress.inputs import directions
from wellposed.recipes.wall_shear_stress.judge import errors, rotations
from wellposed.recipes.wall_shear_stress.networks import KINDS, channels_of
from wellposed.recipes.wall_shear_stress.predictors import local_radius, poiseuille, training_mean
from wellposed.recipes.wall_shear_stress.settings import NETWORKS, Settings

AROUND, LONG, RADIUS = 16, 41, 0.15
WORDS = ["--preset", "smoke", "--networks", "SAGE", "GEM", "--epochs", "1"]


def pipe(radius=RADIUS, length=3.0, name="pipe"):
    """A straight pipe with Poiseuille's stress, 0.4 Pa at a radius of 0.15 cm."""
    angle, z = np.meshgrid(2 * np.pi * np.arange(AROUND) / AROUND, np.linspace(0, length, LONG))
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1).reshape(-1, 3)
    at = lambda i, j: AROUND * i + j % AROUND
    faces = [
        face
        for i in range(LONG - 1)
        for j in range(AROUND)
        for face in ((at(i, j), at(i, j + 1), at(i + 1, j)), (at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)))
    ]
    stress = np.zeros_like(points)
    stress[:, 2] = 4.0 * (RADIUS / radius) ** 3
    surface = SurfaceRecord(points, np.array(faces))
    return ArteryRecord(name, surface, stress, np.zeros(len(points)), np.arange(AROUND))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "wall-shear-stress"
    assert main(["run", "wall-shear-stress", *WORDS, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def record(folder):
    return json.loads((folder / "metrics.json").read_text())


def test_gem_has_the_same_errors_on_turned_meshes_and_the_others_do_not(record):
    table = record["metrics"]["errors"]
    assert list(table) == ["training mean", "Poiseuille", "SAGE", "GEM"]
    off = lambda name: abs(table[name]["turned"]["epsilon"]["mean"] / table[name]["plain"]["epsilon"]["mean"] - 1)
    assert max(off("GEM"), off("Poiseuille"), off("training mean")) < 1e-3
    assert off("SAGE") > 1e-2


def test_networks_are_as_large_as_each_other(record):
    sizes = [of["parameters"] for of in record["metrics"]["networks"].values()]
    assert max(sizes) < 1.3 * min(sizes)


def test_the_page_has_walls_to_turn(folder):
    page = (folder / "report.html").read_text()
    assert "GEM †" in page
    assert page.count('class="surfaces"') >= 1


def test_a_wall_in_a_file_gets_its_stress(folder, tmp_path):
    record, names = pipe(), ("marked", "plain")
    for name, fields in zip(names, ({"inlet": (np.arange(AROUND * LONG) < AROUND).astype(float)}, {}), strict=True):
        surface = SurfaceRecord(record.surface.points, record.surface.triangles, fields)
        write_mesh(tmp_path / f"{name}.vtp", surface)
    files = [str(tmp_path / f"{name}.vtp") for name in names]
    assert main(["apply", str(folder), *files, "--out", str(tmp_path / "there")]) == 0
    for name in names:
        found = read_mesh(tmp_path / "there" / f"{name}.vtp")
        assert found.fields["wss"].shape == (AROUND * LONG, 3)
        z = found.points[:, 2]
        away = np.minimum(z - z.min(), z.max() - z) / (2 * RADIUS)  # in diameters
        counts = found.fields["wss_counts"]
        assert (counts[away > 1.1] == 1).all()
        assert (counts[away < 0.9] == 0).all()
        assert 0 < counts.sum() < len(counts)
        np.testing.assert_allclose(
            found.fields["wss_magnitude"], np.linalg.norm(found.fields["wss"], axis=1), rtol=1e-4
        )


def test_a_format_without_fields_is_refused(folder, tmp_path, capsys):
    write_mesh(tmp_path / "wall.stl", pipe().surface)
    assert main(["apply", str(folder), str(tmp_path / "wall.stl")]) == 2
    assert "wall.stl: expected a format that holds fields" in capsys.readouterr().err


def test_published_walls_lose_their_extensions():
    """Four diameters at both ends of a single artery, and one more that does not count."""
    record = pipe(length=6.0)
    whole = artery_of(record)
    assert inlet_diameter(whole.mesh, np.arange(AROUND)) == pytest.approx(2 * RADIUS, rel=0.02)
    z = whole.mesh.positions[:, 2]
    assert z.min() == pytest.approx(8 * RADIUS, abs=0.16)
    assert z.max() == pytest.approx(6 - 8 * RADIUS, abs=0.16)
    counted = z[whole.mask]
    assert counted.min() == pytest.approx(10 * RADIUS, abs=0.16)
    np.testing.assert_allclose(whole.distance, z - 8 * RADIUS, atol=0.03)
    np.testing.assert_allclose(whole.stress[:, 2], 0.4)


def test_a_closed_wall_has_no_outlet():
    mesh = artery_of(pipe(length=6.0)).mesh
    ends = open_ends(mesh)
    assert [len(rim) for rim in ends] == [AROUND, AROUND]
    with pytest.raises(InputError, match="open at its outlets"):
        without_extensions(mesh, np.zeros(mesh.vertices), np.concatenate(ends), 0.3)


def counted(record):
    """An artery all of whose vertices count."""
    mask = np.ones(len(record.wss), bool)
    return artery_of(ArteryRecord(record.name, record.surface, record.wss, record.pressure, record.inlet, mask))


def test_poiseuilles_law_is_exact_in_pipes_and_the_mean_is_not():
    train = [counted(pipe(radius)) for radius in (0.1, 0.15, 0.2)]
    test = [counted(pipe(0.12))]
    np.testing.assert_allclose(local_radius(test[0]), 0.12, rtol=0.01)
    law, mean = (errors(test, [predictor(train)(test[0])]) for predictor in (poiseuille, training_mean))
    assert law.epsilon[0] < 0.02
    assert mean.epsilon[0] > 0.1


def test_directions_turn_with_the_wall():
    artery = counted(pipe())
    turn = rotations(1, 0)[0]
    turned: Artery = artery.moved(turn)
    there = directions(turned.mesh, turned.distance)
    np.testing.assert_allclose(there, directions(artery.mesh, artery.distance) @ turn.T, atol=1e-9)
    np.testing.assert_allclose(directions(artery.mesh, artery.distance)[:, 0, 2], 1.0, atol=1e-3)


def test_every_network_has_a_kind_and_a_size():
    assert set(KINDS) == set(NETWORKS)
    settings = Settings(channels=2, blocks=(1, 1, 1, 1, 1))
    assert all(channels_of(name, settings) > 1 for name in NETWORKS)


def test_a_file_is_split_without_overlap(tmp_path):
    write_arteries(tmp_path / "walls.h5", (counted_record(i) for i in range(12)))
    parts = split(Settings(data=tmp_path / "walls.h5"))
    names = [artery.name for of in parts.values() for artery in of]
    assert {name: len(of) for name, of in parts.items()} == {"test": 1, "validation": 1, "train": 10}
    assert len(set(names)) == 12
    with pytest.raises(InputError, match=r"--meshes: expected at most the 10 meshes .* found 11"):
        split(Settings(data=tmp_path / "walls.h5", meshes=11))


def counted_record(number):
    record = pipe(name=f"sample-{number:04d}")
    mask = np.ones(len(record.wss), bool)
    return ArteryRecord(record.name, record.surface, record.wss, record.pressure, record.inlet, mask)


def test_no_file_is_a_sentence():
    with pytest.raises(InputError, match=r"nowhere\.h5: expected a file of arteries, found none: name one with --data"):
        split(Settings(data=Path("nowhere.h5")))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"networks": ("SAGE", "magic")}, "--networks: expected some of SAGE, .* found magic"),
        ({"epochs": 0}, "--epochs: expected at least 1, found 0"),
        ({"simulated": 3}, "--simulated: expected 0 or at least 5, found 3"),
        ({"radii_cm": (0.1, 0.2)}, "--radii-cm: expected three positive numbers"),
        ({"ratios": (0.5, 0.3, 0.1)}, "--ratios: expected three numbers that fall from 1"),
        ({"networks": ("SAGE", "SAGE")}, "--networks: expected each once"),
        ({"blocks": (1, 1)}, "--blocks: expected five numbers"),
    ],
)
def test_a_bad_setting_is_a_sentence(changes, words):
    with pytest.raises(InputError, match=words):
        Settings(**changes)


def test_the_section_judges_the_record(record):
    """With FeaSt's errors taken from SAGE's, which this run left out."""
    errors = record["metrics"]["errors"]
    whole = record | {"metrics": record["metrics"] | {"errors": errors | {"FeaSt": errors["SAGE"]}}}
    lines = section.asked(whole)
    assert lines[0].holds
    assert not lines[-2].holds
    assert any("GEM †" in line for line in section.section([whole]))
