"""The recipe on tiny sizes, on densities with a grid and on a user's two tables."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes.crowd.portrait import portrait
from wellposed.recipes.optimal_transport import build
from wellposed.recipes.optimal_transport.oracle import oracle, start
from wellposed.recipes.optimal_transport.problem import posed, sides
from wellposed.recipes.optimal_transport.settings import Settings
from wellposed.recipes.optimal_transport.static import static
from wellposed.train import Progress
from wellposed.transport import Potential

TINY = ["--iterations", "6", "--batch", "32", "--width", "4", "--oracle-iterations", "2", "--grid-steps", "3"]


@pytest.fixture(scope="module")
def metrics(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "optimal-transport"
    assert main(["run", "optimal-transport", "--preset", "smoke", "--out", str(folder), *TINY]) == 0
    return json.loads((folder / "metrics.json").read_text())["metrics"]


def test_the_grid_bounds_the_optimum(metrics):
    grid = metrics["grid"]
    assert grid["dual"] <= grid["primal"]
    assert grid["gap_percent_of_kinetic"] < 1
    assert grid["mass_error"] < 1e-6
    assert metrics["learned"]["2"]["total"]["mean"] > grid["dual"]  # no crowd can be cheaper, up to the grid's error


def test_the_potential_certifies_itself(metrics):
    """Its dual value lies below every crowd's costs, the grid's optimum among them."""
    proved = metrics["certificate"]
    assert proved["dual"] < metrics["grid"]["primal"] < proved["primal"]
    assert proved["dual"] <= proved["dual_on_support"]
    assert proved["gap_percent_of_kinetic"] > 0


def test_gaussians_are_learned_from_weight_to_weight(metrics):
    gaussian = metrics["gaussians"]["2"]
    assert [stage["weight"] for stage in gaussian["stages"]] == [5.0, 50.0, 200.0]
    assert gaussian["squared_distance"] == pytest.approx(16 + (1 - 0.5**0.5) ** 2 + (1 - 1.5**0.5) ** 2, rel=1e-5)
    assert all(stage["objective"]["mean"] > stage["optimum"] for stage in gaussian["stages"])


def test_a_quiet_start_finds_maps_that_shrink_and_stretch():
    last = oracle(4, 300, 0, None, Progress(shown=False)).stages[-1]
    assert last.objective.mean == pytest.approx(last.optimum, rel=0.02)
    assert last.divergence < 2e-3
    phi = start(4, jax.random.key(0))
    assert float(jnp.abs(phi.gradient(jnp.full(4, 3.0), jnp.array(0.5))).max()) < 0.2  # agents begin at rest
    assert float(phi.weight.min()) < 0 < float(phi.weight.max())  # concave parts and convex ones


def test_the_plan_is_bounded_from_both_sides(metrics):
    plan = metrics["plans"]["2"]
    assert 0 < plan["lower"] <= plan["cost"]
    assert plan["result"] == "successful"


def test_a_users_two_tables(tmp_path):
    rng = np.random.default_rng(0)
    for name, x in (("source", 0.0), ("target", 3.0)):
        np.savetxt(tmp_path / f"{name}.csv", rng.normal((x, 0.0, 0.0), 1.0, (60, 3)), delimiter=",")
    settings = Settings(source=tmp_path / "source.csv", target=tmp_path / "target.csv")
    both = sides(settings, 3)
    found = static(both, 60, 0)
    costs = ((np.asarray(both.points[0])[:, None] - np.asarray(both.points[1])[None]) ** 2).sum(-1)
    exact = costs[linear_sum_assignment(costs)].mean()
    assert found.lower <= exact <= found.cost
    of = posed(settings, 3)
    origin = of.unit.to_game(jnp.zeros(3))
    assert of.game.initial.log_prob(origin) > of.target.log_prob(origin)


def test_the_unit_of_length_of_two_tables_does_not_matter(tmp_path):
    rng = np.random.default_rng(0)
    tables = {"source": rng.normal(0.0, 1.0, (60, 2)), "target": rng.normal((3.0, 0.0), 1.0, (60, 2))}
    games, maps = [], []
    for scale, origin in ((1.0, 0.0), (1000.0, 70.0)):
        for name, points in tables.items():
            np.savetxt(tmp_path / f"{name}.csv", scale * points + origin, delimiter=",")
        files = {name: tmp_path / f"{name}.csv" for name in tables}
        settings = Settings(**files, width=4)
        games.append(posed(settings, 2))
        x = jnp.asarray(scale * np.array([0.3, -0.4]) + origin, jnp.float32)
        maps.append((np.asarray(build(settings, jax.random.key(0))(x)) - origin) / scale)
    at = jnp.array([0.2, -0.1])
    first, second = (float(of.game.initial.log_prob(at)) for of in games)
    assert first == pytest.approx(second, abs=1e-3)
    np.testing.assert_allclose(maps[0], maps[1], rtol=1e-3)
    of, phi = games[1], Potential.random(2, 4, jax.random.key(0))
    seen = portrait(of.game, of.target, phi, of.box, of.price, 0, of.unit, steps=2)
    left, right, bottom, top = seen.extent
    assert right - left > 4000  # in the tables' own unit
    for density in (seen.initial, seen.target):
        assert density.sum() * (right - left) * (top - bottom) / density.size == pytest.approx(1.0, abs=0.05)


def test_a_negative_penalty_is_refused():
    with pytest.raises(InputError, match=r"--hjb: expected at least 0, found -1.0"):
        Settings(hjb=-1.0)


def test_one_table_alone_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"--source: expected two tables, --source and --target, found one"):
        Settings(source=tmp_path / "a.csv")
