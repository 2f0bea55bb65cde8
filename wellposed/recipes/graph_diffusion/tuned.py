"""What each method is trained with on each graph.

Searched on Cora alone, where no test node had a say. Of GRAND-l, by the mean accuracy of a few seeds on the validation
nodes of the public split: the rates, widths and steps, and whether its encoder ends in a relu; then, on eight redrawn
splits of the nodes to learn from and to choose by: time, attention, decay and dropout, which stayed as they were, and
alpha and beta, which are better left as they start, beta at a half. Of GCN the width alone. GAT has its published
settings. Of PDE-GCN the rate and the decay, by one training each of eight layers on the validation nodes. The other
fields have GRAND-l's settings but for alpha and beta, which they train; those, Citeseer and any other graph were not
searched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Training:
    """How a network is trained.

    Attributes:
        steps: each on all nodes to learn from.
        learning_rate: of the optimiser.
        weight_decay: added to the gradient, times the weights.
        decays: which weights are decayed: all, or those of the first layer alone.
        optimiser: its name in optax.
        fixed: names of what is not trained.
    """

    steps: int
    learning_rate: float
    weight_decay: float
    decays: Literal["all", "first"] = "all"
    optimiser: Literal["adam", "adamax"] = "adam"
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layered:
    """A network of two layers: GCN, GAT, ChebNet, MoNet, GraphSAGE.

    Attributes:
        width: of the hidden layer, or of each of its heads.
        heads: of attention.
        rate: of dropout.
        training: how it is trained.
    """

    width: int
    rate: float
    training: Training
    heads: int = 1


@dataclass(frozen=True)
class Diffused:
    """A network that diffuses.

    Attributes:
        width: of the state.
        time: the end T of the flow.
        steps: of Euler's scheme; T / steps at most 2, since the diffusion has the factor sigmoid(0) = 1/2 at the start.
        attention: of queries and keys, all heads together.
        heads: of attention.
        kernel: of attention.
        normaliser: of attention.
        source: beta at the start.
        rectified: whether the encoder ends in a relu.
        input_rate: of dropout of the features.
        rate: of dropout at the end of the flow.
        training: how it is trained.
    """

    width: int
    time: float
    steps: int
    input_rate: float
    rate: float
    training: Training
    attention: int = 16
    heads: int = 2
    kernel: Literal["scaled_dot", "cosine", "pearson", "exponential"] = "scaled_dot"
    normaliser: Literal["softmax", "squareplus"] = "squareplus"
    source: float = 1.0
    rectified: bool = True


@dataclass(frozen=True)
class Tuned:
    """Settings for one graph.

    Attributes:
        normalised: whether the features of a node are divided by their sum.
        convolution: GCN, ChebNet, MoNet and GraphSAGE.
        attention: GAT.
        linear: GRAND-l.
        diffusion: the other fields of GRAND and its kin.
        waves: PDE-GCN.
    """

    normalised: bool
    convolution: Layered
    attention: Layered
    linear: Diffused
    diffusion: Diffused
    waves: Diffused


_CONVOLUTION = Layered(64, 0.5, Training(200, 0.01, 5e-4, "first"))
_ATTENTION = Layered(8, 0.6, Training(400, 0.005, 5e-4), heads=8)
_DIFFUSION = Diffused(64, 18.0, 18, 0.5, 0.5, Training(150, 0.02, 0.005))
_WAVES = Diffused(64, 0.0, 8, 0.5, 0.5, Training(150, 0.02, 5e-4))
_CITESEER = replace(_DIFFUSION, training=Training(180, 0.01, 0.01))
_ANY = Diffused(32, 8.0, 8, 0.2, 0.3, Training(150, 0.01, 0.005))


def _fixed(s: Diffused, source: float) -> Diffused:
    """With alpha and beta as they start."""
    return replace(s, source=source, training=replace(s.training, fixed=("alpha", "beta")))


CORA = Tuned(True, _CONVOLUTION, _ATTENTION, _fixed(_DIFFUSION, 0.5), _DIFFUSION, _WAVES)
CITESEER = Tuned(True, _CONVOLUTION, _ATTENTION, _fixed(_CITESEER, 0.5), _CITESEER, _WAVES)
ANY = Tuned(
    False,
    Layered(16, 0.5, Training(200, 0.01, 5e-4)),
    Layered(4, 0.4, Training(200, 0.005, 5e-4), heads=4),
    _ANY,
    _ANY,
    Diffused(32, 0.0, 8, 0.2, 0.3, Training(150, 0.01, 5e-4)),
)
TUNED: Mapping[str, Tuned] = MappingProxyType({"cora": CORA, "citeseer": CITESEER})


def tuned(name: str) -> Tuned:
    """The settings for the graph of a name; those for any graph if there are none of its own.

    Example:
        >>> tuned("cora").linear.time
        18.0
    """
    return TUNED.get(name.lower(), ANY)
