"""A pytree of arrays as one file: a line that names the format, a line of JSON, the arrays; no code.

Whoever reads the file brings the structure. The arrays stand as `equinox.tree_serialise_leaves` writes them.
"""

import itertools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

from wellposed.errors import InputError
from wellposed.io import atomic_write

Tree = TypeVar("Tree")
_MAGIC = b"wellposed arrays, version 1\n"


def write_arrays(path: str | os.PathLike[str], header: Mapping[str, Any], tree: PyTree) -> None:
    """Write a header and the arrays and plain numbers of a pytree, atomically.

    Args:
        path: the file.
        header: plain values, as JSON knows them.
        tree: any pytree; its functions and static fields are not written.

    Raises:
        InputError: the file cannot be written.
    """
    line = json.dumps(header).encode() + b"\n"
    with atomic_write(path) as part, part.open("wb") as stream:
        try:
            stream.write(_MAGIC + line)
            eqx.tree_serialise_leaves(stream, tree, filter_spec=_write_leaf)
        except (OSError, RuntimeError) as error:
            reason = _first_cause(error)
            if not isinstance(reason, OSError):
                raise
            raise InputError(f"{path}: expected room for a file, found {reason}: choose another folder") from error


def read_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The header that `write_arrays` was given.

    Raises:
        InputError: there is no such file, it is another kind of file, or it is cut off.
    """
    with _opened(path) as stream:
        return _header(path, stream)


def read_arrays(path: str | os.PathLike[str], like: Tree) -> Tree:
    """The pytree that `write_arrays` was given, in the structure of `like`.

    Raises:
        InputError: there is no such file, it is another kind of file, or it is cut off or otherwise damaged.
    """
    with _opened(path) as stream:
        _header(path, stream)
        try:
            tree = eqx.tree_deserialise_leaves(stream, like, filter_spec=_read_leaf)
        except (EOFError, OSError, ValueError, RuntimeError, TypeError) as error:
            raise InputError(
                f"{path}: expected whole arrays, found a file cut off or damaged: write it anew"
            ) from error
    return tree


def described(tree: PyTree, values: bool = False) -> list[str]:
    """One line for each leaf of a pytree, where it is and what it is; the same in every process.

    Args:
        tree: any pytree.
        values: tell plain numbers and texts by their values rather than their types.

    Example:
        >>> import jax.numpy as jnp
        >>> described({"weight": jnp.zeros((2, 3)), "scale": 0.5})
        ['scale: float', 'weight: float32(2, 3)']
    """
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return [f"{jax.tree_util.keystr(path, simple=True, separator='/')}: {_kind(leaf, values)}" for path, leaf in leaves]


def first_difference(expected: list[str], found: list[str]) -> str:
    """The first lines in which two descriptions differ, or an empty text.

    Example:
        >>> first_difference(["rank = 2", "size = 8"], ["rank = 2"])
        "expected 'size = 8', found nothing"
    """
    for here, there in itertools.zip_longest(expected, found):
        if here != there:
            return f"expected {repr(here) if here else 'nothing'}, found {repr(there) if there else 'nothing'}"
    return ""


def _kind(leaf: Any, values: bool) -> str:
    if eqx.is_array(leaf) or isinstance(leaf, jax.ShapeDtypeStruct):
        return f"{leaf.dtype}{leaf.shape}"
    if values and isinstance(leaf, bool | int | float | complex | str):
        return repr(leaf)
    return getattr(leaf, "__qualname__", getattr(leaf, "__name__", type(leaf).__name__))


def _first_cause(error: BaseException) -> BaseException:
    """What the stream raised: equinox wraps it once for each level of the tree."""
    return error if error.__cause__ is None else _first_cause(error.__cause__)


def _opened(path: str | os.PathLike[str]) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise InputError(f"{path}: expected a file of arrays, found {error.strerror}: check the path") from None


def _header(path: str | os.PathLike[str], stream: BinaryIO) -> dict[str, Any]:
    magic = stream.read(len(_MAGIC))
    if magic != _MAGIC:
        cut = _MAGIC.startswith(magic)
        kind = "one that is cut off: write it anew" if cut else "another kind of file: check the path"
        raise InputError(f"{path}: expected a file of arrays that wellposed wrote, found {kind}")
    try:
        return json.loads(stream.readline())
    except ValueError:
        raise InputError(f"{path}: expected a header, found a file that is cut off: write it anew") from None


def _is_key(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def _write_leaf(stream: BinaryIO, leaf: Any) -> None:
    if _is_key(leaf):
        np.save(stream, np.asarray(jax.random.key_data(leaf)), allow_pickle=False)
    else:
        eqx.default_serialise_filter_spec(stream, leaf)


def _read_leaf(stream: BinaryIO, like: Any) -> Any:
    if _is_key(like):
        data = np.load(stream, allow_pickle=False)
        return jax.random.wrap_key_data(data, impl=jax.random.key_impl(like))
    return eqx.default_deserialise_filter_spec(stream, like)
