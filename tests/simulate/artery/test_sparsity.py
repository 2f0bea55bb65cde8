"""The sparse matrix beside a dense sum."""

import numpy as np

from wellposed.simulate.artery.sparsity import gather, sparsity

TETS = np.asarray([[0, 1, 2, 3], [1, 2, 3, 4], [2, 5, 4, 3]], dtype=np.int64)


def test_blocks_go_where_they_belong():
    rng, dense = np.random.default_rng(0), np.zeros((24, 24))
    blocks = [(i, j, rng.normal(size=(4, 4, 3))) for i in range(4) for j in range(4)]
    for i, j, block in blocks:
        for t, tet in enumerate(TETS):
            dense[np.ix_(4 * tet + i, 4 * tet + j)] += block[:, :, t]
    free = np.asarray([0, 2, 3, 7, 8, 9, 11, 14, 20, 23], dtype=np.int64)
    found = sparsity(TETS, 6, free).matrix(blocks)
    np.testing.assert_allclose(found.toarray(), dense[np.ix_(free, free)], atol=1e-14)
    assert found.has_sorted_indices


def test_what_corners_get_is_summed():
    values = np.random.default_rng(0).normal(size=(4, 4, 3))
    dense = np.zeros((6, 4))
    np.add.at(dense, TETS, values.transpose(2, 0, 1))
    np.testing.assert_allclose(gather(values, TETS, 6), dense, atol=1e-14)
