"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import importlib
import json
from unittest.mock import Mock

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from browser import start_browser

from wellposed.cli import main
from wellposed.recipes import open_run
from wellposed.recipes.lsvd.methods import LEARNED, NONLINEAR, TIKHONOV

TINY = {"size": 16, "angles": 6, "rank": 10, "train-images": 48, "linear-steps": 8, "nonlinear-steps": 4}


def run(folder, **options):
    words = [word for name, value in (TINY | options).items() for word in (f"--{name}", str(value))]
    assert main(["run", "lsvd", "--preset", "smoke", "--out", str(folder), *words]) == 0
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run(tmp_path_factory.mktemp("runs") / "lsvd")


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
        scale = methods.scanner.scale
        want = np.stack([np.asarray(methods(scale * jnp.asarray(one))) for one in y])
        x = jax.random.uniform(jax.random.key(2), (16, 16))
        np.testing.assert_allclose(scale * methods.scanner.radon.mv(x), methods.scanner.operator.mv(x), atol=1e-4)
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


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_browser_shows_the_page(folder, width, scheme):
    with start_browser() as open_page, open_page(folder / "report.html", width, scheme) as (page, troubles):
        assert troubles == []
        shown = page.evaluate("[...document.images].map(image => image.naturalWidth)")
        assert len(shown) > 40
        assert min(shown) > 0
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 2
        first = "document.querySelector('table tbody tr th').textContent"
        before = page.evaluate(first)
        page.locator("table th button").nth(2).click()
        assert page.evaluate(first) != before


def test_an_operator_of_ones_own(tmp_path, monkeypatch):
    """A matrix without a picture's shape of data: no filtered back-projection, and data coders stay linear."""
    # of the audit, which the run above has, only what it would be asked
    questions = importlib.import_module("wellposed.recipes.lsvd.questions")
    asked = Mock(side_effect=lambda *of: questions.audited(*of) and {})
    monkeypatch.setattr(questions, "six", lambda f, asked, *_, decoder: asked.check(f) or {})
    monkeypatch.setattr(importlib.import_module("wellposed.recipes.lsvd.run"), "audited", asked)
    matrix = np.random.default_rng(0).normal(size=(30, 256)).astype(np.float32)
    np.save(tmp_path / "A.npy", matrix)
    folder = run(tmp_path / "run", operator=tmp_path / "A.npy")
    asked.assert_called_once()
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    assert "FBP" not in metrics["test"]
    assert np.isfinite(metrics["test"][NONLINEAR]["psnr_db"]["mean"])
    np.save(tmp_path / "y.npy", matrix @ np.ones(256, np.float32))
    assert main(["apply", str(folder), str(tmp_path / "y.npy"), "--out", str(tmp_path / "out")]) == 0
    assert np.load(tmp_path / "out" / "y.npy").shape == (16, 16)
