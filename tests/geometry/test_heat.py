"""Distances by heat, against the length of a tube and of great circles."""

import sys

import numpy as np
import pytest
from toy_surfaces import sphere, tube

from wellposed.errors import InputError
from wellposed.geometry import geodesic_distance


def test_along_a_tube_the_distance_to_the_inlet_is_the_length():
    mesh = tube(rows=40, columns=16, radius=0.3)
    found = geodesic_distance(mesh, np.arange(16))
    assert np.abs(found - mesh.positions[:, 0]).max() < 0.1


def test_on_a_sphere_it_is_the_arc():
    mesh = sphere(3)
    arc = np.arccos(np.clip(mesh.positions @ mesh.positions[0], -1, 1))
    assert np.abs(geodesic_distance(mesh, np.array([0])) - arc).max() < 0.1


def test_no_inlet_and_no_library_are_named(monkeypatch):
    with pytest.raises(InputError, match="at least one vertex"):
        geodesic_distance(sphere(0), np.array([], int))
    monkeypatch.setitem(sys.modules, "potpourri3d", None)
    with pytest.raises(InputError, match=r"wellposed\[mesh\]"):
        geodesic_distance(sphere(0), np.array([0]))
