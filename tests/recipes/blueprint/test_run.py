"""The recipe on tiny sizes, and the samples of every room."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes.blueprint.learn import law
from wellposed.recipes.blueprint.pictures import CLASSES, SIDE
from wellposed.recipes.blueprint.room import Labelled
from wellposed.recipes.blueprint.rooms import ROOMS
from wellposed.recipes.blueprint.run import coarse
from wellposed.recipes.blueprint.settings import Settings

# invariant up to rounding; layers on groups and meshes have batteries of their own
EXACT = ("CNN", "GNN", "Deep Sets", "Transformer", "MPNN on distances")
NEARLY = {"spherical CNN": 0.02}  # what lies beyond the band of its grid


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "blueprint"
    assert main(["run", "blueprint", "--preset", "smoke", "--out", str(folder)]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert set(metrics["rooms"]) == {"group CNN p4", "Deep Sets"}
    for room in metrics["rooms"].values():
        assert room["rival_name"] in ("CNN", "perceptron on the list")
        assert room["network"]["invariance_error"] < 1e-10
        assert room["rival"]["invariance_error"] > 1e-3
        assert room["network"]["accuracy_lost_points"]["mean"] == 0
    assert set(metrics["accuracy_percent_by_block_pixels"]) == {"1", "2"}


def test_the_page_holds_the_table(folder):
    page = (folder / "report.html").read_text()
    for words in ("group CNN p4", "Invariance error", "Scale separation", "perceptron on the list"):
        assert words in page


def test_the_sphere_says_what_its_grids_miss_and_shows_its_maps(tmp_path):
    out = tmp_path / "sphere"
    tiny = ["--seeds", "1", "--samples", "8", "--test-samples", "8", "--steps", "1", "--batch", "4", "--scales", "0"]
    assert main(["run", "blueprint", "--rooms", "spherical CNN", *tiny, "--out", str(out)]) == 0
    metrics = json.loads((out / "metrics.json").read_text())["metrics"]
    missed = metrics["sphere_band_error"]
    assert metrics["rooms"]["spherical CNN"]["network"]["invariance_error"] < missed < 0.1
    page = (out / "report.html").read_text()
    assert "Mollweide" in page
    assert len(page) < 2e6  # maps of the sphere are pixels, not triangles


@pytest.mark.parametrize("name", EXACT)
def test_exact_symmetries_hold_to_rounding(name):
    assert law(ROOMS[name].network(jax.random.key(1)), ROOMS[name], 5) < 1e-10


@pytest.mark.parametrize("name", NEARLY)
def test_sampled_symmetries_hold_nearly(name):
    assert law(ROOMS[name].network(jax.random.key(1)), ROOMS[name], 5) < NEARLY[name]


@pytest.mark.parametrize("name", ["CNN", "group CNN p4m", "Deep Sets", "GNN", "MPNN on distances"])
def test_rivals_lack_the_symmetry(name):
    assert law(ROOMS[name].rival(jax.random.key(1)), ROOMS[name], 5) > 1e-2


@pytest.mark.parametrize("name", ["CNN", "GNN", "Deep Sets", "LSTM", "spherical CNN", "MPNN on distances"])
def test_the_same_seed_gives_the_same_samples_moved_or_not(name):
    plain, moved, again = (ROOMS[name].draw(3, 9, m) for m in (False, True, False))
    assert (np.asarray(plain.labels) == np.asarray(moved.labels)).all()
    first, other, same = ([np.asarray(leaf) for leaf in jax.tree.leaves(of.inputs)] for of in (plain, moved, again))
    assert all((a == b).all() for a, b in zip(first, same, strict=True))
    assert not all(np.allclose(a, b) for a, b in zip(first, other, strict=True))


def test_coarse_pictures_are_means_of_blocks():
    pictures = jnp.arange(float(SIDE**2)).reshape(1, SIDE, SIDE, 1)
    found = coarse(Labelled(pictures, jnp.zeros(1, int)), 10).inputs
    assert found.shape == (1, 2, 2, 1)
    assert float(found[0, 0, 0, 0]) == np.asarray(pictures)[0, :10, :10].mean()
    assert CLASSES > 1


def test_bad_settings_are_refused():
    with pytest.raises(InputError, match=r"--rooms: expected some of .*, found RNN"):
        Settings(rooms=("RNN",))
    with pytest.raises(InputError, match="--test-samples: expected at least 8, found 2"):
        Settings(test_samples=2)
    with pytest.raises(InputError, match="--scales: expected 0 to 5, found 9"):
        Settings(scales=9)
