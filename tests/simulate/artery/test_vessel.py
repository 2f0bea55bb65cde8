"""The centreline and the radius of a vessel."""

import numpy as np
import pytest

from wellposed.simulate.artery import Bend, Stenosis, Vessel, centreline

BENT = Vessel(0.15, 2.0, bends=(Bend(0.8, 0.5, np.pi / 3, 0.4), Bend(1.4, 0.4, 0.7, 2.0)))


def test_a_bend_turns_by_its_angle_into_its_direction():
    line = centreline(Vessel(0.15, 2.0, bends=(Bend(1.0, 0.6, np.pi / 3, 0.4),)))
    np.testing.assert_allclose(line.tangent[0], [0, 0, 1], atol=1e-12)
    end = [np.sin(np.pi / 3) * np.cos(0.4), np.sin(np.pi / 3) * np.sin(0.4), np.cos(np.pi / 3)]
    np.testing.assert_allclose(line.tangent[-1], end, atol=1e-5)
    assert abs(line.points @ [-np.sin(0.4), np.cos(0.4), 0]).max() < 1e-12  # it stays in its plane


def test_frames_are_orthonormal_and_do_not_rotate_about_the_curve():
    line = centreline(BENT)
    frames = np.stack([line.tangent, line.first, line.second], axis=1)
    np.testing.assert_allclose(frames @ frames.transpose(0, 2, 1), np.broadcast_to(np.eye(3), frames.shape), atol=1e-12)
    rate = np.gradient(line.first, line.s, axis=0)
    assert abs((rate * line.second).sum(axis=1)).max() < 1e-3 * abs(rate).max()
    np.testing.assert_allclose(np.gradient(line.points, line.s, axis=0)[1:-1], line.tangent[1:-1], atol=1e-4)


def test_position_zero_is_the_origin():
    at = centreline(BENT).at(np.asarray([-0.25, 0.0, 0.1]))
    np.testing.assert_allclose(at.points, [[0, 0, -0.25], [0, 0, 0], [0, 0, 0.1]], atol=1e-9)


def test_the_radius_at_the_throat():
    angle = np.asarray([0.3, 0.3 + np.pi])
    vessel = Vessel(0.2, 2.0, 0.1, stenoses=(Stenosis(1.0, 0.4, 0.4, 1.0, 0.3),))
    narrow, free = vessel.lumen_radius(np.asarray([1.0]), angle)[0]
    assert narrow == pytest.approx(0.2 * 0.95 * 0.6)
    assert free == pytest.approx(0.2 * 0.95)
    np.testing.assert_allclose(vessel.lumen_radius(np.asarray([-0.4, 2.5]), angle), [[0.2] * 2, [0.18] * 2])
    assert vessel._replace(stenoses=(Stenosis(1.0, 0.4, 0.4),)).lumen_radius(np.asarray([1.0]), angle) == pytest.approx(
        0.19 * 0.6
    )
