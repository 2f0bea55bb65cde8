"""What the documents say runs: the README's Python and commands, the examples, the links between files."""

import dataclasses
import re
import runpy
from pathlib import Path

import pytest

from wellposed.recipes import RECIPES, load_recipe

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


@pytest.fixture
def broadcasting():
    """Examples are written for JAX as a user has it."""
    import jax

    with jax.numpy_rank_promotion("allow"):
        yield


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_examples_run(path, capsys, broadcasting):
    assert len(path.read_text().splitlines()) <= 100
    runpy.run_path(str(path), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) >= 3


def test_the_python_of_the_readme_runs(broadcasting):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    assert names["picture"].shape == names["gradient"].shape == (32, 32)  # pyright: ignore[reportAttributeAccessIssue]


def test_the_operator_of_the_walk_is_an_operator():
    import jax.numpy as jnp
    import numpy as np

    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec("\n".join(line.removeprefix("   ") for line in code.splitlines()), names)
    A = names["Shift"]((3, 4))  # pyright: ignore[reportCallIssue]
    x = jnp.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(A.mv(x), np.roll(x, 1, axis=1))
    np.testing.assert_array_equal(A.T.mv(x), np.roll(x, -1, axis=1))


def test_commands_and_options_of_the_readme_exist():
    commands = re.findall(r"^wellposed (\w+)(.*?)(?:  +#|$)", README, re.MULTILINE)
    assert {name for name, _ in commands} == {"list", "run", "audit", "apply", "simulate", "cite"}
    runs = [rest.split() for name, rest in commands if name == "run"]
    assert {recipe for recipe, *_ in runs} == set(RECIPES)
    for recipe, *options in runs:
        known = {field.name.replace("_", "-") for field in dataclasses.fields(load_recipe(recipe).settings)}
        used = {option.removeprefix("--") for option in options if option.startswith("--")}
        assert used <= known | {"preset", "out", "seed", "help", "resume", "overwrite", "x64"}, recipe


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_between_files(name):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / name).read_text()):
        assert (ROOT / target).exists(), f"{name} links to {target}"


def test_make_targets_of_the_readme_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README + (ROOT / "CONTRIBUTING.md").read_text())) <= targets
