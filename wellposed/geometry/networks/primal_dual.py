"""The primal-dual mesh network: faces listen to each other as the edges between them say."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from wellposed.nn import gather_sum, slot_softmax, targets_to_slots, to_slots

from ..surface import Faces, Hierarchy
from .scalar_block import dense


class PrimalDualBlock(eqx.Module):
    """Attention on the graph of the edges, then on the graph of the faces with weights from the edges [@milano2020].

    e'_s = relu(W e_s + sum over edges t that share a face with s of softmax_t(LeakyReLU(u . e_s + v . e_t)) V e_t), and
    f'_a = relu(U f_a + sum over faces b across an edge s of softmax_b(LeakyReLU(w . e'_s)) P f_b), each for each head.

    Args:
        channels: of faces and of edges; a multiple of `heads`.
        heads: of both attentions.
        key: of the initial weights.
    """

    own: tuple[eqx.nn.Linear, eqx.nn.Linear]
    value: tuple[eqx.nn.Linear, eqx.nn.Linear]
    score: tuple[eqx.nn.Linear, eqx.nn.Linear, eqx.nn.Linear]
    heads: int = eqx.field(static=True)

    def __init__(self, channels: int, heads: int = 2, *, key: Key[Array, ""]):
        if channels % heads:
            raise ValueError(f"PrimalDualBlock expects channels that {heads} heads divide, got {channels}.")
        keys = jax.random.split(key, 7)
        square = [eqx.nn.Linear(channels, channels, key=k) for k in keys[:4]]
        self.own, self.value, self.heads = (square[0], square[1]), (square[2], square[3]), heads
        first, second, third = (eqx.nn.Linear(channels, heads, key=k) for k in keys[4:])
        self.score = first, second, third

    def __call__(
        self, f: Float[Array, "faces channels"], e: Float[Array, "edges channels"], faces: Faces
    ) -> tuple[Float[Array, "faces channels"], Float[Array, "edges channels"]]:
        """Features of the faces and of the edges."""
        mine, theirs = dense(self.score[0], e), dense(self.score[1], e)
        logits = targets_to_slots(mine, faces.dual) + to_slots(theirs, faces.dual)
        shares = slot_softmax(jax.nn.leaky_relu(logits, 0.2), faces.dual)
        split = lambda values: values.reshape(len(values), self.heads, -1)
        heard = gather_sum(split(dense(self.value[0], e)), faces.dual, shares).reshape(e.shape)
        e = e + jax.nn.relu(dense(self.own[0], e) + heard)
        across = gather_sum(dense(self.score[2], e), faces.crossing)
        shares = slot_softmax(jax.nn.leaky_relu(across, 0.2), faces.primal)
        heard = gather_sum(split(dense(self.value[1], f)), faces.primal, shares).reshape(f.shape)
        return f + jax.nn.relu(dense(self.own[1], f) + heard), e


class PrimalDualCNN(eqx.Module):
    """Blocks of attention between faces and edges, with numbers at the vertices as input and output [@milano2020].

    Faces start with the mean of their corners, edges with that of their ends and with their shape, and each vertex ends
    with the mean of its faces. The published network also contracts edges that few listen to; this one does not.

    Args:
        inputs: numbers at each vertex.
        channels: of faces and edges.
        outputs: numbers at each vertex.
        blocks: how many.
        key: of the initial weights.

    Shapes:
        `(vertices, inputs) -> (vertices, outputs)`.

    Raises:
        ValueError: the surface has no faces; `with_faces` adds them.
    """

    to_faces: eqx.nn.Linear
    to_edges: eqx.nn.Linear
    blocks: tuple[PrimalDualBlock, ...]
    last: eqx.nn.Linear

    def __init__(self, inputs: int, channels: int, outputs: int = 3, blocks: int = 4, *, key: Key[Array, ""]):
        faces, edges, last, *keys = jax.random.split(key, blocks + 3)
        self.to_faces = eqx.nn.Linear(inputs, channels, key=faces)
        self.to_edges = eqx.nn.Linear(inputs + 3, channels, key=edges)
        self.blocks = tuple(PrimalDualBlock(channels, key=k) for k in keys)
        self.last = eqx.nn.Linear(channels, outputs, key=last)

    def __call__(self, x: Float[Array, "vertices inputs"], hierarchy: Hierarchy) -> Float[Array, "vertices outputs"]:
        """One surface."""
        faces = hierarchy.faces
        if faces is None:
            raise ValueError("PrimalDualCNN expects a surface with its faces, got none: use with_faces(...).")
        f = dense(self.to_faces, gather_sum(x, faces.corners) / 3)
        e = dense(self.to_edges, jnp.concatenate([gather_sum(x, faces.ends) / 2, faces.shape], axis=1))
        for block in self.blocks:
            f, e = block(f, e, faces)
        count = jnp.maximum(faces.around.degrees(), 1)[:, None]
        return dense(self.last, gather_sum(f, faces.around) / count)
