import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.recipes.latent_ode.learn import last_values, score
from wellposed.recipes.latent_ode.settings import Settings
from wellposed.recipes.latent_ode.tasks import FEWEST, spiral_task, tasks


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Fourteen series of two values; the second is often missing, and times are nobody's but their own."""
    rng, lines = np.random.default_rng(0), ["who,day,a,b"]
    for i in range(14):
        ts = 100 + np.sort(rng.uniform(0, 20, rng.integers(6, 12)))
        lines += [f"s{i},{t:.4f},{10 + t:.4f},{'' if rng.uniform() < 0.5 else f'{i:d}'}" for t in ts]
    path = tmp_path_factory.mktemp("series") / "table.csv"
    path.write_text("\n".join(lines))
    return path


def test_what_is_seen_and_what_is_ahead_is_the_whole(table):
    task = tasks(Settings(data=table), 0)["your series"]
    seen, ahead, whole = task.test, task.ahead, task.whole
    for i in range(len(whole.ts)):
        early, late = (series.mask[i].any(axis=1) for series in (seen, ahead))
        ts = np.concatenate([np.asarray(seen.ts[i])[early], np.asarray(ahead.ts[i])[late]])
        there = np.asarray(whole.mask[i].any(axis=1))
        np.testing.assert_array_equal(ts, np.asarray(whole.ts[i])[there])
        values = np.concatenate([np.asarray(seen.values[i])[early], np.asarray(ahead.values[i])[late]])
        np.testing.assert_array_equal(values, np.asarray(whole.values[i])[there])
        end = ts[-1]
        assert np.asarray(seen.ts[i])[early].max() <= 0.5 * end + 1e-6 < np.asarray(ahead.ts[i])[late].min() + 1e-6
    assert (np.diff(ahead.ts, axis=1) >= 0).all()
    assert float(whole.ts.max()) <= task.t1


def test_units_are_those_of_the_series_to_learn_from(table):
    task = tasks(Settings(data=table), 0)["your series"]
    values = np.asarray(task.train[1].values)[np.asarray(task.train[1].mask[..., 0])][:, 0]
    assert abs(values.mean()) < 1e-4
    assert abs(values.std() - 1) < 1e-4
    back = task.units.mean[0] + task.units.scale[0] * task.whole.values[..., 0]
    day = back - 10
    steps = np.diff(day, axis=1)[np.asarray(task.whole.mask[:, 1:, 0])]
    np.testing.assert_allclose(
        steps,
        np.asarray(np.diff(task.whole.ts, axis=1) * task.units.time)[np.asarray(task.whole.mask[:, 1:, 0])],
        atol=1e-3,
    )


def test_repeats_split_anew_and_nothing_is_in_two_splits(table):
    one, two = (tasks(Settings(data=table), repeat)["your series"] for repeat in (0, 1))
    assert one.test.ts.shape != two.test.ts.shape or not np.allclose(one.test.ts, two.test.ts)
    assert one.chosen is not None
    own = lambda series: series.values[:, 0, 0] * one.units.scale[0] + one.units.mean[0]
    ids = [np.asarray(own(series)) for series in (one.train[1], one.chosen[1], one.whole)]
    assert len(np.unique(np.concatenate(ids).round(3))) == 14


def test_too_few_series_are_refused(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("id,t,x\n" + "".join(f"{i},{t},1\n" for i in range(FEWEST - 1) for t in (0, 1)))
    with pytest.raises(InputError, match=r"at least 10 series .* found 9 of 9"):
        tasks(Settings(data=path), 0)


@pytest.mark.parametrize("lasting", [0, 1])
def test_a_column_without_observations_to_learn_from_is_refused(tmp_path, lasting):
    """None at all, and one only, in a series that has nothing to forecast and is left out."""
    rows = [f"{i},{t},{t + i},\n" for i in range(12) for t in (0, 1, 2)] + ["alone,0,1,5\n"] * lasting
    path = tmp_path / "table.csv"
    path.write_text("id,t,pulse,lactate\n" + "".join(rows))
    with pytest.raises(InputError, match=r"table.csv, column lactate: expected observations .* found none: leave"):
        tasks(Settings(data=path), 0)


def test_the_truth_ahead_of_a_spiral_begins_after_its_window():
    task = spiral_task(Settings(spirals=4, test_spirals=3), 30, 0)
    assert task.ahead.values.shape == (3, 100, 2)
    assert float(task.test.ts.max()) <= task.t1 < float(task.ahead.ts.min())
    assert float(task.ahead.ts.max()) <= task.far
    np.testing.assert_array_equal(task.whole.values[:, 100:], task.ahead.values)
    assert task.chains == 3  # 30 of 100 times are seen, so the mean gap is that of some three


def test_the_last_value_and_its_score():
    task = spiral_task(Settings(spirals=4, test_spirals=3), 100, 0)
    found = last_values(task.test, task.ahead.ts)
    np.testing.assert_array_equal(found.mean[:, 0], task.test.values[:, -1])
    error = found.mean - np.asarray(task.ahead.values)
    graded = score(task, found)
    np.testing.assert_allclose(graded.rmse, np.sqrt(np.mean(error**2)), rtol=1e-5)
    np.testing.assert_allclose(graded.by_time, np.sqrt(np.sum(error**2, axis=(0, 2)) / 6), rtol=1e-5)
    assert np.isnan(graded.covered)
    exact = found._replace(mean=np.asarray(task.ahead.values), spread=np.full(error.shape, 1e-3))
    assert score(task, exact).rmse == 0
    assert score(task, exact).covered == 1


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"observed": (1,)}, "--observed: expected numbers of times from 2 to 100"),
        ({"observed": ()}, "--observed"),
        ({"observed": (30, 30)}, "different numbers"),
        ({"seen_part": 1.0}, "--seen-part"),
        ({"noise": 0.0}, "--noise"),
        ({"steps": 0}, "--steps"),
        ({"cut": 1.5}, "--cut"),
        ({"continuity": -1.0}, "--continuity"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes, match):
    with pytest.raises(InputError, match=match):
        Settings(**changes)
