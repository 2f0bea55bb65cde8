"""Many training steps in one compiled call."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jax.sharding import NamedSharding, PartitionSpec
from jaxtyping import Array, Bool, Int, PRNGKeyArray, PyTree, Shaped

from .microbatches import check_pieces, gradient_by_pieces, on_all_devices

Terms = dict[str, Shaped[Array, "..."]]


class State(eqx.Module):
    """What a step changes: the trained arrays, the optimiser's memory, and the average of the arrays."""

    params: PyTree
    memory: PyTree
    average: PyTree


class Step(eqx.Module):
    """One step of training, a pure function of the state and the step's number; it holds what stays fixed."""

    loss: Callable[..., Any]
    batches: Callable[..., Any]
    optimiser: optax.GradientTransformation
    frozen: PyTree
    key: PRNGKeyArray
    decay: float | None = eqx.field(static=True)
    microbatch: int | None = eqx.field(static=True, default=None)

    def start(self, params: PyTree) -> State:
        """The state before the first step, in buffers of its own, which `advance` may overwrite."""
        average = None if self.decay is None else params
        return jax.tree.map(_own, State(params, self.optimiser.init(params), average))

    def evaluate(self, params: PyTree, step: Int[Array, ""]) -> tuple[Array, Terms]:
        """The loss of batch `step`, and its terms."""
        return self._of_batch(params, *self._drawn(step))

    def gradient(self, params: PyTree, step: Int[Array, ""]) -> tuple[tuple[Array, Terms], PyTree]:
        """The loss of batch `step` with its terms, and the gradient."""
        batch, key = self._drawn(step)
        if self.microbatch is None:
            return jax.value_and_grad(self._of_batch, has_aux=True)(params, batch, key)
        check_pieces(batch, self.microbatch)
        return gradient_by_pieces(self._of_batch, params, batch, key, self.microbatch)

    def spread(self, state: State) -> State:
        """The state, on all devices where pieces are shared out: else the loop's answer would compile it twice."""
        return state if self.microbatch is None else on_all_devices(state)

    def _drawn(self, step: Int[Array, ""]) -> tuple[PyTree, PRNGKeyArray]:
        batch_key, loss_key = jax.random.split(jax.random.fold_in(self.key, step))
        return self.batches(batch_key, step), loss_key

    def _of_batch(self, params: PyTree, batch: PyTree, key: PRNGKeyArray) -> tuple[Array, Terms]:
        return _checked(self.loss(eqx.combine(params, self.frozen), batch, key))

    def __call__(self, state: State, step: Int[Array, ""]) -> tuple[State, Terms, Bool[Array, ""]]:
        """The state after step `step`, the loss and its terms, and whether all is finite.

        Where it is not, the trained arrays stay as they were; the optimiser's memory is then worth nothing.
        """
        (loss, terms), grads = self.gradient(state.params, step)
        grads = jax.tree.map(jnp.conj, grads)  # the gradient of a complex array is the conjugate of the ascent
        optimiser = optax.with_extra_args_support(self.optimiser)
        updates, memory = optimiser.update(grads, state.memory, state.params, value=loss)
        params = optax.apply_updates(state.params, updates)
        finite = jnp.isfinite(loss) & _all_finite(params)
        params = jax.tree.map(lambda new, old: jnp.where(finite, new, old), params, state.params)
        return State(params, memory, self._averaged(state, params, step)), {"loss": loss, **terms}, finite

    def _averaged(self, state: State, params: PyTree, step: Int[Array, ""]) -> PyTree:
        if self.decay is None:
            return None
        keep = jnp.minimum(self.decay, step / (step + 1))
        return jax.tree.map(
            lambda mean, new: mean + (1 - keep).astype(mean.dtype) * (new - mean), state.average, params
        )


@eqx.filter_jit(donate="all-except-first")
def advance(
    fixed: tuple[Step, Int[Array, ""], Int[Array, ""], Terms], state: State
) -> tuple[State, Terms, Int[Array, ""]]:
    """Take `count` steps from step `first`, or fewer if one of them is not finite.

    A `while_loop` with a number of steps that is an argument, rather than a `scan` of fixed length: the last
    few steps need no program of their own, and the caller may choose the number by the clock. A record of one
    entry asks for no loop at all: XLA's convolutions are slow inside loops on a CPU.

    Args:
        fixed: `(step, first, count, record)`, where `record` holds an empty row of at least `count` entries
            for the loss and for each term.
        state: the state before step `first`. Its buffers are donated: it cannot be used afterwards.

    Returns:
        The state, the record, and the number of steps that were taken; where this is less than `count`, the
        record holds the figures of the step that failed in the entry of that number.
    """
    step, first, count, record = fixed

    def unfinished(carry):
        _, _, taken, finite = carry
        return (taken < count) & finite

    def body(carry):
        state, record, taken, _ = carry
        state, terms, finite = step(state, first + taken)
        record = jax.tree.map(lambda row, value: row.at[taken].set(value), record, terms)
        return state, record, taken + finite, finite

    start = (state, record, jnp.array(0, jnp.int32), jnp.array(True))
    if len(record["loss"]) == 1:
        end = jax.tree.map(lambda new, old: jnp.where(count > 0, new, old), body(start), start)
    else:
        end = jax.lax.while_loop(unfinished, body, start)
    state, record, taken, _ = end
    return state, record, taken


def beside(tree: PyTree, others: PyTree) -> PyTree:
    """The arrays of `tree`, committed to the devices to which an array of `others` is committed, if any is.

    The loop's answer is committed as soon as one argument is; a state that is not would compile the loop
    twice.
    """
    arrays = [leaf for leaf in jax.tree.leaves(others) if isinstance(leaf, jax.Array) and leaf.committed]
    if not arrays:
        return tree
    home = arrays[0].sharding
    if isinstance(home, NamedSharding):
        home = NamedSharding(home.mesh, PartitionSpec())
    return jax.device_put(tree, home)


def _own(leaf: Array) -> Array:
    """A copy of strong type: a weak type would change in the first step, and the loop be compiled twice."""
    return jnp.array(leaf, dtype=leaf.dtype, copy=True)


def _checked(answer: Any) -> tuple[Array, Terms]:
    """What a loss gave back, after a look at its form, which is known when the loop is traced."""
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
        raise ValueError(f"fit expects a loss to return (scalar, dict of terms), got {type(answer).__name__}.")
    figures = {name: jnp.asarray(value) for name, value in {"loss": answer[0], **answer[1]}.items()}
    shapes = {name: value.shape for name, value in figures.items() if value.shape}
    if shapes:
        raise ValueError(f"fit expects a loss and its terms to be scalars, got {shapes}: take their means.")
    reserved = sorted({"loss", "step", "validation"} & set(answer[1]))
    if reserved:
        raise ValueError(f"fit expects terms with names of their own, got {reserved}: rename them.")
    return figures.pop("loss"), figures


def _all_finite(tree: PyTree) -> Bool[Array, ""]:
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(tree)]))
