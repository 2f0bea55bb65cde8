"""The recipe on tiny sizes, and its experiments against what is known of them."""

import json

import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes.open_questions.cases import LEAST_STEPS, SEEN, pairs, places, steps_on
from wellposed.recipes.open_questions.descent import NODES, QUANTITIES, descent, features, random_graph
from wellposed.recipes.open_questions.learn import energies
from wellposed.recipes.open_questions.networks import INFORMED, PLAIN
from wellposed.recipes.open_questions.pictures import transfer
from wellposed.recipes.open_questions.record import peak, slopes
from wellposed.recipes.open_questions.settings import Settings
from wellposed.recipes.open_questions.widths import Target, draw, greedy, promised, relu, sampled, unit_neurons


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "open-questions"
    assert main(["run", "open-questions", "--preset", "smoke", "--out", str(folder)]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert set(metrics["cases"]) == {"heat, mesh"}
    informed, plain = (metrics["cases"]["heat, mesh"][name] for name in ("informed", "plain"))
    assert all(place["mass_change"] < 1e-12 for place in informed["places"].values())
    assert all(place["mass_change"] > 1e-4 for place in plain["places"].values())
    assert plain["parameters"] <= informed["parameters"] < 2 * plain["parameters"]
    assert metrics["cases"]["heat, mesh"]["perceptron"]["worst_unseen_relative_error"] is None
    assert metrics["shallow"]["neurons"] == [4, 8, 16]


def test_the_page_asks_and_answers(folder):
    page = (folder / "report.html").read_text()
    for words in ("Asked:", "Found:", "Double descent", "never seen", "Maurey"):
        assert words.lower() in page.lower()


@pytest.mark.parametrize("kind", ["mesh", "graph"])
def test_solutions_keep_what_their_equations_keep(kind):
    settings = Settings(nodes=40)
    for equation in ("heat", "wave", "advection"):
        for place in places(settings, equation, kind)[:2]:
            data, mass = pairs(equation, kind, place, 3, 5), np.asarray(place.cells.mass)
            for state in (data.end, data.later):
                np.testing.assert_allclose(np.einsum("n,snf->sf", mass, state), 0, atol=1e-9)
            energy = [energies(place, x) for x in (data.start, data.end, data.later)]
            if equation == "wave":
                np.testing.assert_allclose(energy[1:], [energy[0]] * 2, rtol=1e-9)
            if equation == "heat":
                assert (energy[0] > energy[1]).all()
                assert (energy[1] > energy[2]).all()
    assert places(settings, "heat", kind)[0].name == SEEN


def test_a_finer_mesh_is_learned_with_more_steps():
    steps = lambda nodes: steps_on("heat", "mesh", places(Settings(nodes=nodes), "heat", "mesh")[0])
    assert steps(Settings().nodes) == LEAST_STEPS
    assert steps(400) > 4 * LEAST_STEPS
    assert steps_on("wave", "mesh", places(Settings(nodes=400), "wave", "mesh")[0]) < steps(400)


def test_the_peak_lies_where_the_conserved_values_are_fitted():
    found = descent(Settings(descent_seeds=5, descent_samples=8))
    assert (found.equations, found.conserved) == (8 * NODES, 8 * (NODES - 1))
    assert peak(found.parameters, found.test[PLAIN]) == found.equations
    assert peak(found.parameters, found.test[INFORMED]) == found.conserved
    wide = found.parameters >= found.equations
    assert found.train[PLAIN][:, wide].max() < 1e-6
    # a share 1 / NODES of the noise's square would create mass, and no flux fits it
    floor = found.train[INFORMED][:, wide].mean()
    assert abs(floor / (0.2 * NODES**-0.5) - 1) < 0.15


def test_informed_features_keep_the_sum_and_plain_ones_do_not():
    rng = np.random.default_rng(0)
    u, neurons = rng.normal(size=(3, NODES, QUANTITIES)), rng.normal(size=(2 * QUANTITIES + 1, 7))
    near = np.stack([random_graph(rng) for _ in range(3)])
    sums = [features(u, near, neurons, kind).reshape(3, NODES, 7).sum(1) for kind in (INFORMED, PLAIN)]
    np.testing.assert_allclose(sums[0], 0, atol=1e-12)
    assert np.abs(sums[1]).min() > 0.1


def test_the_greedy_algorithm_finds_the_neurons_of_a_small_network():
    rng = np.random.default_rng(1)
    x = [rng.normal(size=(400, 6)) for _ in range(2)]
    dictionary = unit_neurons(np.random.default_rng(2), 2048)  # the one that the algorithm draws
    weights = np.array([1.0, -2.0, 3.0])
    y = [relu(points, dictionary[:, :3]) @ weights for points in x]
    errors = greedy(Target((x[0], x[1]), (y[0], y[1])), np.array([1, 32]), np.random.default_rng(2))
    assert errors[1] < 1e-3 < errors[0]


def test_neurons_drawn_at_random_err_as_promised():
    rng = np.random.default_rng(3)
    target, m = draw(rng, barron=True), 8
    errors = m * np.array(sampled(target, np.full(30, m), rng))
    assert abs(errors.mean() - promised(target)) < 3 * errors.std(ddof=1) / len(errors) ** 0.5
    assert abs(errors.mean() / promised(target) - 1) < 0.1


def test_three_cases_leave_no_empty_frame():
    figure = transfer({case: {"network": {SEEN: [1e-3], "other": [1e-2]}} for case in "abc"}, SEEN)
    shown = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in shown] == ["a", "c", "b"]
    assert [axes.get_xlabel() for axes in shown] == ["", "relative error", "relative error"]


def test_slopes_are_those_of_a_power():
    m = np.array([4, 8, 16])
    np.testing.assert_allclose(slopes(m, np.array([1.0, 2.0])[:, None] / m[None] ** 1.5), [-1.5, -1.5])


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"equations": ("Laplace",)}, "--equations: expected some of heat, wave, advection, found Laplace"),
        ({"batch": 65}, "--batch: expected at most the 64 samples, found 65"),
        ({"widths": 1}, "--widths: expected at least 2, found 1"),
        ({"unseen": 9}, "--unseen: expected at most 4, found 9: lower it"),
        ({"refinements": 5}, "--refinements: expected at most 4, found 5: lower it"),
        ({"noise": -1.0}, "--noise: expected a number from 0"),
    ],
)
def test_settings_that_cannot_be(options, match):
    with pytest.raises(InputError, match=match):
        Settings(**options)
