"""The whole recipe on a tiny graph: what it leaves, and what can be done with it afterwards."""

import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from planetoid_files import write_planetoid
from sections.graph_diffusion import asked, section

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.io import LabelledGraph, NodeSplit, read_planetoid
from wellposed.recipes import open_run
from wellposed.recipes.graph_diffusion.learn import trained
from wellposed.recipes.graph_diffusion.methods import method
from wellposed.recipes.graph_diffusion.problem import component, problem, redrawn
from wellposed.recipes.graph_diffusion.settings import PRESETS, Settings
from wellposed.recipes.graph_diffusion.tuned import ANY, CITESEER, CORA, tuned
from wellposed.simulate import block_model
from wellposed.train import Progress

TINY = ("--nodes", "90", "--depths", "2", "--methods", "GCN", "GRAND-l")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "graph-diffusion"
    assert main(["run", "graph-diffusion", "--preset", "smoke", "--out", str(folder), *TINY]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert metrics["nodes"] == 90
    accuracy = metrics["test_accuracy_percent"]
    assert set(accuracy) == {"GCN", "GRAND-l"}
    assert all(0 <= of["low"] <= of["mean"] <= of["high"] <= 100 for of in accuracy.values())
    assert len(metrics["test_accuracy_percent_of_each_seed"]["GCN"]) == 2
    assert metrics["row_sum_error_of_attention"] < 1e-5
    assert metrics["maximum_principle_error"] < 1e-4
    assert metrics["dirichlet_energy_left_without_source_percent"] < 50
    rough = "roughness_at_three_times_the_end"
    assert metrics[f"{rough}_without_source"] < metrics[rough]


def test_the_page_shows_states_energies_and_attention(folder):
    page = (folder / "report.html").read_text()
    for words in ("Along diffusion time", "Dirichlet energy", "Attention on the edges", "Depth"):
        assert words in page


def test_a_saved_run_answers_for_all_nodes(folder):
    with open_run(folder) as (_, plan, classifier):
        graph = block_model(90, 3, train=7, validation=18, seed=plan.settings.seed)
        assert classifier(jnp.asarray(graph.features)).shape == (90, 3)


def test_the_section_reads_the_record(folder):
    record = json.loads((folder / "metrics.json").read_text())
    assert any("GRAND-l" in line for line in section([record]))
    assert all(line.measured for line in asked(record))
    assert "| method | split of the data, full graph |" in "\n".join(section([record]))
    record["settings"]["data"] = "some where/cora"
    record["metrics"] |= {"graph": "cora", "split": "drawn"}
    text = "\n".join(section([record]))
    assert "--data 'some where/cora' " in text
    assert "| method | drawn split, full graph |" in text
    assert "public split" not in text


def test_only_the_largest_component_stays():
    graph = block_model(90, 3, train=7, validation=18)
    apart = LabelledGraph(
        np.vstack([graph.features, graph.features[:2]]),
        np.append(graph.labels, [0, 1]),
        np.vstack([graph.edges, [[90, 91], [91, 90]]]),
    )
    part = component(apart)
    assert len(part.labels) <= 90
    assert part.edges.max() < len(part.labels)
    np.testing.assert_array_equal(part.features, graph.features[: len(part.features)])


def test_splits_are_drawn_anew_from_the_same_development_nodes():
    labels = np.arange(3000) % 5
    one, other = redrawn(labels, 0), redrawn(labels, 1)
    assert [len(part) for part in one] == [100, 1400, 1500]
    np.testing.assert_array_equal(one.test, other.test)
    assert len(np.intersect1d(one.train, other.train)) < 30
    assert (np.bincount(labels[one.train]) == 20).all()


def test_the_published_setting_has_1500_development_nodes_also_on_coras_component():
    split = redrawn(np.arange(2485) % 7, 0)
    assert [len(part) for part in split] == [140, 1360, 985]


def test_a_small_graph_has_nodes_to_choose_by():
    split = redrawn(np.arange(70) % 5, 0)
    assert [len(part) for part in split] == [15, 20, 35]


SMALL = block_model(90, 3, train=7, validation=18)
UNKNOWN = np.where(np.arange(90) == 3, -1, SMALL.labels)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"features": np.where(np.arange(90)[:, None] == 4, np.nan, SMALL.features)}, "finite features, .* at node 4"),
        ({"split": NodeSplit(np.arange(3), np.arange(2, 5), np.arange(5, 9))}, "node 2 and 0 more in train and valid"),
        (
            {"split": NodeSplit(np.arange(3), np.arange(0), np.arange(5, 9))},
            "in the validation split, found none",
        ),
        ({"split": NodeSplit(np.arange(3), np.arange(3, 4), np.arange(5, 99))}, "0 to 89 in the test split, found 90"),
        (
            {"labels": UNKNOWN, "split": NodeSplit(np.arange(3), np.arange(4, 9), np.arange(3, 4))},
            "test split, found none for",
        ),
    ],
)
def test_what_cannot_be_judged_on_is_said(change, said):
    with pytest.raises(InputError, match=said):
        problem(SMALL._replace(**change), False, 0)


def test_each_split_of_the_component_has_its_own_sources():
    whole = SMALL._replace(split=None)
    networks = [method("GRAND++", problem(whole, False, seed), ANY).build(jax.random.key(0)) for seed in (0, 1)]
    one, other = (np.asarray(network.flow.field.labelled) for network in networks)
    assert not np.array_equal(one, other)


def test_the_positions_of_blend_stay_as_they_are(tmp_path):
    one = problem(SMALL, False, 0)
    blend = method("BLEND", one, ANY)
    found = trained("BLEND", [blend], [one], 0.03, 0, tmp_path, Progress())
    before = blend.build(jax.random.split(jax.random.fold_in(jax.random.key(0), 0))[0])
    np.testing.assert_array_equal(found.first.positions, before.positions)
    assert not np.array_equal(found.first.embedding, before.embedding)
    numbers = sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(before, eqx.is_inexact_array)))
    assert found.parameters == numbers - before.positions.size


def test_wrong_options_are_said():
    with pytest.raises(InputError, match=r"--methods: expected some of GCN, .* found MLP"):
        Settings(methods=("MLP",))
    with pytest.raises(InputError, match="--seeds: expected at least 2, found 1"):
        Settings(seeds=1)
    with pytest.raises(InputError, match="--depths: expected numbers of at least 2"):
        Settings(depths=(1, 2))
    with pytest.raises(InputError, match="--effort: expected a share"):
        Settings(effort=0.0)
    with pytest.raises(InputError, match="--nodes: expected at least 30 for each of 5 classes, found 100"):
        Settings(nodes=100)
    assert Settings(**PRESETS["smoke"]).nodes == 120
    assert tuned("Cora") != tuned("another")


GAPS = (73, 80)  # nodes of the test range without a line of their own, as in Citeseer


@pytest.fixture(scope="module")
def citeseer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planetoid")
    graph = block_model(90, 3, train=7, validation=18)
    there = np.setdiff1d(np.arange(90), GAPS)
    test = np.random.default_rng(0).permutation(there[there >= 70])
    rows = np.concatenate([np.arange(70), test])
    edges = graph.edges[~np.isin(graph.edges, GAPS).any(1)]
    neighbours = {int(i): edges[edges[:, 0] == i, 1].tolist() for i in there}
    classes = np.eye(3, dtype=np.int32)[graph.labels]
    write_planetoid(folder, "citeseer", graph.features[rows], classes[rows], 15, test.tolist(), neighbours)
    return folder / "citeseer", graph, edges


def test_nodes_that_citeseer_leaves_out_have_no_features_no_label_and_no_edges(citeseer):
    path, graph, edges = citeseer
    found = read_planetoid(path)
    there = np.setdiff1d(np.arange(90), GAPS)
    np.testing.assert_array_equal(found.features[there], graph.features[there])
    np.testing.assert_array_equal(found.labels[there], graph.labels[there])
    assert (found.features[list(GAPS)] == 0).all()
    assert (found.labels[list(GAPS)] == -1).all()
    np.testing.assert_array_equal(np.unique(found.edges, axis=0), np.unique(edges, axis=0))
    assert found.split is not None
    np.testing.assert_array_equal(found.split.test, there[there >= 70])


def test_citeseer_runs_by_the_same_command_with_settings_of_its_own(citeseer, tmp_path):
    assert tuned("citeseer") is CITESEER
    assert CITESEER.diffusion != CORA.diffusion
    assert CITESEER != ANY
    path, out = citeseer[0], tmp_path / "run"
    options = ("--data", str(path), "--out", str(out), "--methods", "GRAND-l")
    assert main(["run", "graph-diffusion", "--preset", "smoke", *options]) == 0
    metrics = json.loads((out / "metrics.json").read_text())["metrics"]
    assert metrics["graph"] == "citeseer"
    assert metrics["split"] != "drawn"
    assert metrics["nodes"] == 90
    assert np.isfinite(metrics["test_accuracy_percent"]["GRAND-l"]["mean"])
