"""The whole recipe on tiny sizes: what it leaves, and what can be done with it afterwards."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.cli import main
from wellposed.errors import InputError
from wellposed.recipes import open_run
from wellposed.recipes.stable_architectures.networks import CLASSES, DATA, FLOWS, KEEPERS, RESNET
from wellposed.recipes.stable_architectures.settings import Settings

TINY = {"points": 10, "steps": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "stable-architectures"
    words = [word for name, value in TINY.items() for word in (f"--{name}", str(value))]
    assert main(["run", "stable-architectures", "--preset", "smoke", "--out", str(folder), *words]) == 0
    return folder


def test_leaves_a_record(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    for name in FLOWS:
        (of,) = metrics["accuracy_percent"][name].values()
        assert list(of) == list(DATA)
        assert all(0 <= interval["mean"] <= 100 for interval in of.values())
    assert set(metrics["not_finite"]) == set(FLOWS)


def test_what_is_promised_is_measured(folder):
    metrics = json.loads((folder / "metrics.json").read_text())["metrics"]
    least = {name: min(of["3"].values()) for name, of in metrics["least_gradient_norm_trained"].items()}
    growth = {name: max(of["3"].values()) for name, of in metrics["spectral_abscissa_trained"].items()}
    assert all(least[name] > 1 - 1e-4 for name in KEEPERS)
    assert least["parabolic"] < 0.9
    assert all(value < 1e-4 for name, value in growth.items() if name != RESNET)
    assert growth[RESNET] > 0.1


def test_the_page_says_what_matters(folder):
    page = (folder / "report.html").read_text()
    for words in ("Decision regions", "at least 1 by theory", "swiss roll"):
        assert words in page


def test_a_saved_run_is_the_map_that_was_trained(folder):
    with open_run(folder) as (_, plan, networks):
        assert plan.settings.depths == (3,)
        assert np.isfinite(networks(jnp.array([0.3, 0.4]))).all()
        assert networks(jnp.array([0.3, 0.4])).shape == (CLASSES,)


@pytest.mark.parametrize(
    ("option", "value"), [("width", 5), ("depths", ()), ("depths", (4, 2)), ("step", 2.0), ("learning_rate", 0.0)]
)
def test_a_bad_setting_is_a_sentence(option, value):
    with pytest.raises(InputError, match=rf"--{option.replace('_', '-')}: expected .*: give another value"):
        Settings(**{option: value})
