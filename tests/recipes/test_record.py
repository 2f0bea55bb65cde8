"""What a run leaves: plain numbers, arrays without code, a page, and metrics.json last."""

import csv
import json

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
import toy_recipe

from wellposed.metrics import Interval
from wellposed.recipes import Record
from wellposed.recipes import record as room
from wellposed.recipes.record import write_audit, write_record
from wellposed.report import Page

PAGE = Page("Title", "Lead.", [], footer={"data": "ours"})
ABOUT = {"recipe": "toy", "seed": 3, "settings": {"steps": 2}}


def test_metrics_become_plain_numbers(tmp_path):
    metrics = {
        "psnr_db": jnp.float32(27.5),
        "gap": np.nan,
        "ratio": np.inf,
        "counts": np.arange(3),
        "interval": Interval(1.0, 0.5, 1.5, 4),
        "nested": {"name": "TV", "none": None},
    }
    write_record(tmp_path, Record(metrics, PAGE), ABOUT)
    found = json.loads((tmp_path / "metrics.json").read_text())
    assert found["metrics"]["psnr_db"] == 27.5
    assert found["metrics"]["gap"] is found["metrics"]["ratio"] is None
    assert found["metrics"]["counts"] == [0, 1, 2]
    assert found["metrics"]["interval"]["high"] == 1.5
    assert found["metrics"]["nested"] == {"name": "TV", "none": None}
    assert found["seed"] == 3


def test_the_map_comes_back_from_its_arrays(tmp_path):
    model = toy_recipe.Scale(jnp.asarray(2.5), 3)
    write_record(tmp_path, Record({}, PAGE, model), ABOUT)
    blank = toy_recipe.Scale(jnp.asarray(0.0), 3)
    assert eqx.tree_deserialise_leaves(tmp_path / "model.eqx", blank).factor == 2.5


def test_history_has_a_row_for_each_report(tmp_path):
    write_record(tmp_path, Record({}, PAGE, history={"step": [1, 2], "loss": [0.5, 0.25]}), ABOUT)
    with (tmp_path / "history.csv").open() as stream:
        assert list(csv.DictReader(stream)) == [{"step": "1", "loss": "0.5"}, {"step": "2", "loss": "0.25"}]


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"columns of one length, found \{'step': 2, 'loss': 1\}"):
        Record({}, PAGE, history={"step": [1, 2], "loss": [0.5]})


def test_the_page_says_what_the_run_was(tmp_path):
    write_record(tmp_path, Record({}, PAGE), ABOUT)
    html = (tmp_path / "report.html").read_text()
    for part in ("<dt>data</dt><dd>ours</dd>", "<dt>seed</dt><dd>3</dd>", "<dt>steps</dt><dd>2</dd>"):
        assert part in html


def test_a_failure_leaves_no_metrics(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(room, "write_page", fail)
    with pytest.raises(OSError, match="disk full"):
        write_record(tmp_path, Record({}, PAGE), ABOUT)
    assert not (tmp_path / "metrics.json").exists()


def test_an_audit_lies_beside_the_run(tmp_path):
    write_audit(tmp_path, Record({"lipschitz": 2.0}, PAGE), ABOUT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.html", "audit.json"]


def test_versions_name_what_a_result_depends_on():
    assert {"wellposed", "python", "jax", "equinox", "numpy"} <= set(room.versions())
