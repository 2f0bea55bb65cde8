"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import json

import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.io import read_array
from wellposed.recipes.latent_sde.paths import data, paths
from wellposed.recipes.latent_sde.run import GAUSSIAN, ITSELF, PRIOR
from wellposed.recipes.latent_sde.settings import Settings


def test_leaves_a_record_and_a_map(tmp_path):
    folder = tmp_path / "sde"
    assert main(["run", "latent-sde", "--preset", "smoke", "--out", str(folder)]) == 0
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    for kind in ("marginal_distance_standard_deviations", "spectrum_error_fraction"):
        assert set(metrics[kind]) == {PRIOR, GAUSSIAN, ITSELF}
        assert all(np.isfinite(one["mean"]) for one in metrics[kind].values())
        assert metrics[kind][ITSELF]["mean"] < metrics[kind][PRIOR]["mean"]
    assert len(metrics["posterior_mean_rmse_standard_deviations"]) == 2
    page = (folder / "report.html").read_text()
    assert "the system itself" in page

    path = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    np.save(tmp_path / "path.npy", path)
    assert main(["apply", str(folder), str(tmp_path / "path.npy"), "--out", str(tmp_path / "answers")]) == 0
    assert np.isfinite(read_array(tmp_path / "answers" / "path.npy")).all()


def test_units_and_splits():
    settings = Settings(paths=64, points=6, end=0.5)
    found = paths(settings, 0)
    np.testing.assert_allclose(np.asarray(found.train).mean((0, 1)), 0, atol=0.01)
    np.testing.assert_allclose(np.asarray(found.train).std((0, 1)), 1, atol=0.01)
    error = np.asarray(found.test - found.true)
    assert abs(error.std() / 0.01 - 1) < 0.1
    np.testing.assert_array_equal(data(settings, "test"), found.test)
    assert float(np.abs(np.asarray(found.true) - np.asarray(found.again)).max()) > 0.1
    with pytest.raises(ValueError, match="a split of train, validation, test, got 'all'"):
        data(settings, "all")


@pytest.mark.parametrize("changes", [{"paths": 4}, {"points": 2}, {"noise": 0.0}, {"steps": 0}, {"rise": -1}])
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(InputError, match=f"--{next(iter(changes))}: expected"):
        Settings(**changes)
