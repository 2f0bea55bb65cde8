"""All rows, in the order of the slide, and those beyond it."""

from collections.abc import Mapping

from . import meshes, molecules, pictures, sequences, sets, sphere
from .room import Room

_ALL = (*pictures.ROOMS, *sphere.ROOMS, *meshes.ROOMS, *sets.ROOMS, *molecules.ROOMS, *sequences.ROOMS)
ROOMS: Mapping[str, Room] = {room.architecture: room for room in sorted(_ALL, key=lambda room: not room.slide)}
