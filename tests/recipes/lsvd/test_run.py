"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.recipes import open_run
from wellposed.recipes.lsvd.methods import LEARNED, NONLINEAR, TIKHONOV

TINY = {"size": 16, "angles": 6, "rank": 10, "train-images": 48, "linear-steps": 8, "nonlinear-steps": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    options = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    folder = tmp_path_factory.mktemp("runs") / "lsvd"
    assert main(["run", "lsvd", "--preset", "smoke", "--out", str(folder), *options]) == 0
    return folder


def test_leaves_a_record(folder):
    assert {path.name for path in folder.iterdir()} >= {
        "config.json",
        "metrics.json",
        "history.csv",
        "model.eqx",
        "report.html",
    }
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert set(metrics["test"]) >= {"FBP", TIKHONOV, "TSVD", "TV", *LEARNED}
    for scores in (metrics["test"], *metrics["elsewhere"].values()):
        assert all(np.isfinite(score["psnr_db"]["mean"]) for score in scores.values())
    assert {"CT head", "MR abdomen", "MR brain"} <= set(metrics["elsewhere"])
    assert len(metrics["answers"][NONLINEAR]) == 6
    forms = metrics["closed_forms"]
    assert forms["reduced_rank_error"] <= min(forms["c_error"], forms["d_error"]) * (1 + 1e-6)
    assert forms["wiener_error"] <= forms["b_diagonal_error"] * (1 + 1e-6)
    assert forms["wiener_error"] <= forms["best_tikhonov_error"]


def test_the_page_says_what_matters(folder):
    page = (folder / "report.html").read_text()
    for words in (
        "one averaged head",
        "Where the learned maps win and where they lose",
        "Well-posed?",
        "Generalising?",
    ):
        assert words in page


def test_a_saved_run_is_the_map_that_was_trained(folder):
    with open_run(folder) as (_, plan, methods):
        assert plan.settings.rank == 10
        y = jax.random.normal(jax.random.key(0), methods.scanner.operator.out_shape)
        np.testing.assert_allclose(methods(y), methods.maps()[NONLINEAR](y))
        s = methods.scanner.svd.s
        assert float(s[0]) == pytest.approx(1, abs=1e-4)
        np.testing.assert_allclose(methods.scanner.operator.as_matrix(), _dense(methods.scanner.svd), atol=1e-4)


def _dense(svd):
    return np.asarray(svd.U) * np.asarray(svd.s) @ np.asarray(svd.Vt)


def test_apply_answers_in_the_format_of_the_input(folder, tmp_path):
    with open_run(folder) as (_, _, methods):
        shape = methods.scanner.operator.out_shape
        y = np.asarray(jax.random.uniform(jax.random.key(1), (3, *shape)))
        want = np.stack([np.asarray(methods(jnp.asarray(one))) for one in y])
    np.save(tmp_path / "scan.npy", y)
    assert main(["apply", str(folder), str(tmp_path / "scan.npy"), "--out", str(tmp_path / "out")]) == 0
    np.testing.assert_allclose(np.load(tmp_path / "out" / "scan.npy"), want, atol=1e-5)


def test_audit_asks_again(folder):
    assert main(["audit", str(folder)]) == 0
    answers = json.loads((folder / "audit.json").read_text())["metrics"]["answers"]
    assert set(answers[NONLINEAR]) == {
        "well_posed",
        "robust",
        "structure",
        "understandable",
        "expressive",
        "generalising",
    }
