"""What a training went through, step by step."""

import dataclasses
import os
from collections.abc import Mapping

import numpy as np

from wellposed.io import write_csv


@dataclasses.dataclass(frozen=True)
class History:
    """The figures of each step, as numpy arrays.

    Attributes:
        terms: for `loss` and for each term of the loss, the values that steps `0, 1, 2, ...` met.
        validation_steps: after how many steps the model was validated.
        validation: what `validate` gave then.

    Example:
        >>> import numpy as np
        >>> history = History({"loss": np.array([2.0, 1.0])}, np.array([2]), np.array([1.5]))
        >>> history.loss
        array([2., 1.])
    """

    terms: Mapping[str, np.ndarray]
    validation_steps: np.ndarray
    validation: np.ndarray

    @property
    def loss(self) -> np.ndarray:
        """The loss that each step met, shape `(steps,)`."""
        return self.terms["loss"]

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a table (CSV) with a row for each step, atomically.

        The columns are `step` (from 0), `loss`, its terms, and `validation`, which stands in the row of the
        step that it followed and is empty elsewhere.

        Raises:
            InputError: the file cannot be written.
        """
        validated = dict(zip((self.validation_steps - 1).tolist(), self.validation.tolist(), strict=True))
        columns = ["step", *self.terms, "validation"]
        values = zip(*(row.tolist() for row in self.terms.values()), strict=True)
        rows = ([step, *row, validated.get(step, "")] for step, row in enumerate(values))
        write_csv(path, columns, rows)

    def extended(self, terms: Mapping[str, np.ndarray]) -> "History":
        """This history and the figures of further steps."""
        joined = {name: np.concatenate([row, terms[name]]) for name, row in self.terms.items()}
        return dataclasses.replace(self, terms=joined)

    def validated(self, steps: int, value: float) -> "History":
        """This history and the value of a validation after so many steps."""
        validation_steps = np.append(self.validation_steps, steps)
        return History(self.terms, validation_steps, np.append(self.validation, value))
