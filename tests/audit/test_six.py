import io
import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from wellposed import audit
from wellposed.audit.six import QUESTIONS

KEY = jax.random.key(0)
SIZES = audit.Sizes(pictures=4, jacobians=3, steps=12, attacked=2, ascent=2, references=2, leading=3)


def _problem(toy, level=0.02):
    train, far = toy.problem(key=1), toy.problem(n=2, key=2)
    flip = audit.Symmetry("sign", lambda y: -y, lambda x: -x)
    curve = audit.Curve(np.array([1, 2, 4]), np.array([[0.40, 0.50, 0.45], [0.30, 0.36, 0.33], [0.20, 0.26, 0.24]]))
    return toy.problem(
        level=level,
        symmetries=(flip,),
        train=(train.x, train.y),
        elsewhere={"far": (far.x, far.y)},
        expressivity={"refitted": {"rank": curve}},
    )


@pytest.fixture(scope="module")
def problem(toy):
    with jax.enable_x64(True):
        return _problem(toy)


@pytest.fixture(scope="module")
def answers(toy, problem):
    with jax.enable_x64(True):
        R = 30 * jnp.asarray(np.random.default_rng(1).standard_normal((12, 15)))
        maps = {"refitted": toy.tikhonov(1e-2), "unrelated": lambda y: 1 + (R @ y.ravel()).reshape(3, 4)}
        return {name: audit.six(f, problem, KEY, name, sizes=SIZES) for name, f in maps.items()}


def test_every_question_is_answered_in_plain_words_and_numbers(answers):
    for six in answers.values():
        assert list(six) == list(QUESTIONS)
        for answer in six.values():
            json.dumps(answer.to_json(), allow_nan=False)
            assert answer.verdict.split(":")[0] in ("Yes", "No")
            assert answer.verdict.startswith("Yes" if answer.holds else "No")
    assert {q for q, answer in answers["unrelated"].items() if answer.holds} == set()
    assert {q for q, answer in answers["refitted"].items() if not answer.holds} == set()


def test_verdicts_come_from_the_numbers(answers):
    for question in QUESTIONS:
        assert answers["refitted"][question].verdict != answers["unrelated"][question].verdict


def test_curves_are_found_by_the_name_of_the_map(answers):
    assert "rank values" in answers["refitted"]["expressive"].curves
    assert "components values" in answers["unrelated"]["expressive"].curves


def test_every_question_has_a_picture_with_labels(answers):
    figures = audit.draw(answers)
    assert list(figures) == list(QUESTIONS)
    for figure in figures.values():
        figure.savefig(io.BytesIO(), format="svg")
        texts = {t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text")) if t.get_text()}
        assert {"refitted", "unrelated"} <= texts
        for axis in figure.axes:
            assert axis.get_xlabel() or axis.images or not axis.get_visible()


def test_a_network_in_single_precision_is_audited(toy):
    with jax.enable_x64(False):
        small = type(toy)(*(a.astype(np.float32) for a in (toy.U, toy.s, toy.V)))
        mlp = eqx.nn.MLP(15, 12, 8, 1, key=KEY)
        found = audit.six(lambda y: mlp(y.ravel()).reshape(3, 4), _problem(small), KEY, sizes=SIZES)
    assert all(answer.number == answer.number for answer in found.values())
    assert not found["generalising"].holds or found["generalising"].details["train: error"] < 1


def test_the_same_key_gives_the_same_answers(toy, problem, answers):
    again = audit.six(toy.tikhonov(1e-2), problem, KEY, "refitted", sizes=SIZES)
    assert [a.to_json() for a in again.values()] == [a.to_json() for a in answers["refitted"].values()]
