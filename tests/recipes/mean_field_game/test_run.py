"""The recipe on tiny sizes: its record, its page, its map on a user's file, and bad input."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.io import read_table
from wellposed.recipes.crowd.sides import dimensions
from wellposed.recipes.mean_field_game.problem import posed
from wellposed.recipes.mean_field_game.settings import Settings

TINY = ["--dim", "2", "3", "--iterations", "6", "--batch", "16", "--cells", "0", "--width", "4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "mean-field-game"
    assert main(["run", "mean-field-game", "--preset", "smoke", "--out", str(folder), *TINY]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert set(metrics["learned"]) == {"2", "3"}
    for of in metrics["learned"].values():
        parts = sum(of[name]["mean"] for name in ("kinetic", "running", "terminal"))
        assert of["total"]["mean"] == pytest.approx(parts, rel=1e-5)
    assert metrics["grid"] is None


def test_the_page_shows_the_crowd(folder):
    page = (folder / "report.html").read_text()
    for words in ("The crowd in 2 dimensions", "value function", "data:image/gif;base64,"):
        assert words in page


def test_the_map_is_applied_to_a_table(folder, tmp_path):
    points = tmp_path / "agents.csv"
    points.write_text("a,b,c\n" + "0.0,1.0,2.0\n" * 4)
    assert main(["apply", str(folder), str(points), "--out", str(tmp_path / "there")]) == 0
    moved = read_table(tmp_path / "there" / "agents.csv")
    assert moved.names == ("a", "b", "c")
    assert moved.values.shape == (4, 3)
    assert np.abs(moved.values - [0.0, 1.0, 2.0]).max() > 1e-3


def test_a_table_of_another_dimension_is_not_applied(folder, tmp_path, capsys):
    (tmp_path / "agents.csv").write_text("1,2,3,4\n")
    assert main(["apply", str(folder), str(tmp_path / "agents.csv")]) == 2
    assert "expected points of 2, 3 dimensions" in capsys.readouterr().err


def test_tables_decide_the_dimension(tmp_path):
    for name, columns in (("a", 3), ("b", 3), ("c", 2), ("d", 1)):
        np.savetxt(tmp_path / f"{name}.csv", np.random.default_rng(0).normal(size=(20, columns)), delimiter=",")
    paths = {name: tmp_path / f"{name}.csv" for name in "abcd"}
    assert dimensions((2, 10), paths["a"], None) == (3,)
    assert dimensions((2, 10), None, None) == (2, 10)
    with pytest.raises(InputError, match=r"c\.csv: expected points of 3 dimensions, as in .*a\.csv, found 2 columns"):
        dimensions((2,), paths["a"], paths["c"])
    with pytest.raises(InputError, match=r"d\.csv: expected points of at least 2 dimensions, found 1 column"):
        dimensions((2,), paths["d"], None)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("dim", (1,), "--dim: expected dimensions of at least 2"),
        ("kinetic", 0.0, "--kinetic: expected a number above 0, found 0.0"),
        ("entropy", -1.0, "--entropy: expected at least 0, found -1.0"),
        ("time_steps", 0, "--time-steps: expected at least 1, found 0"),
        ("cells", 4, "--cells: expected 0 or at least 16, found 4"),
    ],
)
def test_a_bad_setting_is_a_sentence(option, value, words):
    with pytest.raises(InputError, match=words):
        Settings(**{option: value})


def test_a_users_crowd_and_obstacles(tmp_path):
    rng = np.random.default_rng(0)
    for name, y in (("start", 2.0), ("target", -2.0)):
        np.savetxt(tmp_path / f"{name}.csv", rng.normal((0.0, y), 0.4, (200, 2)), delimiter=",")
    (tmp_path / "walls.csv").write_text("height,x,y,vx,vy\n30,0,0,0.5,0.5\n10,1,1,0.1,0.1\n")
    files = {name: tmp_path / f"{name}.csv" for name in ("start", "target")}
    of = posed(Settings(obstacles=tmp_path / "walls.csv", **files), 2)
    assert float(of.game.initial.log_prob(jnp.array([0.0, 2.0]))) > float(of.game.initial.log_prob(jnp.zeros(2)))
    assert of.price is not None
    assert float(of.price(jnp.zeros(2))) == pytest.approx(30 / np.pi, rel=0.01)
    with pytest.raises(
        InputError, match=r"start\.csv: expected points of 3 dimensions, found 2 columns: give the same"
    ):
        posed(Settings(**files), 3)
    (tmp_path / "walls.csv").write_text("30,0,0\n10,1,1\n")
    with pytest.raises(InputError, match=r"walls\.csv: expected rows height, x, y, .* found a table of shape \(2, 3\)"):
        posed(Settings(obstacles=tmp_path / "walls.csv"), 2)


def test_a_table_with_nan_is_refused(tmp_path):
    path = tmp_path / "start.csv"
    path.write_text("\n".join(["0.1,0.2"] * 12 + ["nan,1.0"]))
    with pytest.raises(InputError, match=r"start\.csv, row 13, column x1: expected a finite number"):
        posed(Settings(start=path), 2)
