"""A row of the blueprint: an architecture, its domain and group, a small task, and a rival without the symmetry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from jaxtyping import Array, Int


class Labelled(NamedTuple):
    """Samples with their classes.

    Attributes:
        inputs: arrays whose first axis is the sample.
        labels: the class of each.
    """

    inputs: Any
    labels: Int[Array, " n"]


@dataclass(frozen=True)
class Room:
    """One row.

    Attributes:
        architecture: its name on the slide, or the field's.
        domain: what its inputs are functions on.
        group: the symmetry.
        slide: whether the row is on the talk's slide; the others go beyond it.
        move: what is done to a test sample, in words.
        draw: `(seed, n, moved) -> Labelled`: the same seed gives the same samples, moved or not.
        network: `key -> map` of one sample to logits, with the symmetry.
        rival: a network of about as many parameters that lacks it.
        rival_name: what the rival is.
    """

    architecture: str
    domain: str
    group: str
    slide: bool
    move: str
    draw: Callable[[int, int, bool], Labelled]
    network: Callable[[Any], Any]
    rival: Callable[[Any], Any]
    rival_name: str
