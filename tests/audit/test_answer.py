import json
import math

import numpy as np

from wellposed.audit import Answer


def test_an_answer_is_plain_json_even_where_numbers_are_not_finite():
    answer = Answer(
        question="Is it?",
        definition="1 + 1",
        number=2.0,
        unit="pieces",
        low=-math.inf,
        high=math.nan,
        samples=np.array([1.0, np.inf]),
        verdict="It is.",
        holds=None,
        details={"worst": 3.0},
        curves={"picture": np.ones((64, 64))},
    )
    plain = json.loads(json.dumps(answer.to_json(), allow_nan=False))
    assert (plain["number"], plain["low"], plain["high"]) == (2.0, None, None)
    assert plain["samples"] == [1.0, None]
    assert plain["details"] == {"worst": 3.0}
    assert "curves" not in plain
