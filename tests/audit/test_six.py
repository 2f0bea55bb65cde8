import io
import json

import equinox as eqx
import jax
import numpy as np
import pytest

from wellposed import audit
from wellposed.audit.six import QUESTIONS

KEY = jax.random.key(0)
SIZES = audit.Sizes(pictures=4, jacobians=3, steps=12, attacked=2, ascent=2, references=2, leading=3)


def _problem(toy, level=0.02):
    train, far = toy.problem(key=1), toy.problem(n=2, key=2)
    flip = audit.Symmetry("sign", lambda y: -y, lambda x: -x)
    curve = audit.Curve(np.array([1, 2, 4]), np.array([[0.4, 0.5], [0.3, 0.35], [0.2, 0.3]]))
    return toy.problem(
        level=level,
        symmetries=(flip,),
        train=(train.x, train.y),
        elsewhere={"far": (far.x, far.y)},
        expressivity={"refitted": {"rank": curve}},
    )


@pytest.fixture
def answers(toy, random_map):
    problem = _problem(toy)
    maps = {"refitted": toy.tikhonov(1e-2), "unrelated": lambda y: 1 + 30 * random_map(y)}
    return {name: audit.six(f, problem, KEY, name, sizes=SIZES) for name, f in maps.items()}


def test_every_question_is_answered_in_plain_words_and_numbers(answers):
    for six in answers.values():
        assert list(six) == list(QUESTIONS)
        for answer in six.values():
            json.dumps(answer.to_json(), allow_nan=False)
            assert answer.verdict.split(":")[0] in ("Yes", "No")
            assert answer.verdict.startswith("Yes" if answer.holds else "No")
    assert not any(answer.holds for answer in answers["unrelated"].values())
    assert all(answer.holds for answer in answers["refitted"].values())


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


def test_the_same_key_gives_the_same_answers(toy):
    first, second = (audit.six(toy.tikhonov(1e-2), _problem(toy), KEY, sizes=SIZES) for _ in range(2))
    assert [a.to_json() for a in first.values()] == [a.to_json() for a in second.values()]
