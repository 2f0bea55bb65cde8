import jax
import numpy as np

from wellposed.simulate import Trajectories, until_outside

TS = np.linspace(0.0, 1.0, 5)
MANY = Trajectories(TS, np.arange(30.0).reshape(3, 5, 2), parameters=np.array([1.0, 2.0, 3.0]))


def test_some_trajectories_keep_their_parameters_and_what_is_unknown_stays_so():
    some = MANY.take(np.array([2, 0]))
    np.testing.assert_array_equal(some.parameters, [3.0, 1.0])
    np.testing.assert_array_equal(some.states[0], MANY.states[2])
    assert some.slopes is None
    assert some.inside is None


def test_some_times():
    cut = MANY.between(2, 4)
    np.testing.assert_array_equal(cut.ts, TS[2:4])
    np.testing.assert_array_equal(cut.states, MANY.states[:, 2:4])
    np.testing.assert_array_equal(cut.parameters, MANY.parameters)


def test_it_is_a_tree_of_arrays():
    assert len(jax.tree.leaves(MANY)) == 3


def test_what_left_the_box_does_not_come_back():
    states = np.array([[[0.0, 0.1], [0.5, 1.2], [0.1, 0.1]], [[0.0, 0.1], [0.2, 0.2], [-1.0, 0.1]]])
    np.testing.assert_array_equal(until_outside(states, 1.0), [[True, False, False], [True, True, True]])
