"""Progress in the terminal: what is being done, how far it is, how long it still takes."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

Advance = Callable[..., None]  # (units, **figures)


class Progress:
    """Bars with the time left, one for each task under way; nothing at all where there is no terminal.

    One `Progress` serves a whole program: tasks inside tasks get rows of their own, so a recipe shows its
    stages and `fit(..., progress=progress)` its steps in one place. The bars go to the standard error, so
    that a redirected standard output holds results only.

    Args:
        console: where to draw; by default the standard error.
        shown: False silences it in a terminal, too.

    Example:
        >>> with Progress(shown=False) as progress, progress.task("projecting", total=2) as advance:
        ...     for picture in range(2):
        ...         advance(1, loss=0.5)
    """

    def __init__(self, console: Console | None = None, *, shown: bool = True):
        self.console = Console(stderr=True) if console is None else console
        self._bars = _bars(self.console) if shown and self.console.is_interactive else None
        self._depth = 0

    def __enter__(self) -> "Progress":
        if self._bars is not None and self._depth == 0:
            self._bars.start()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._bars is not None and self._depth == 0:
            self._bars.stop()

    def refresh(self) -> None:
        """Draw now, rather than at the next quarter of a second."""
        if self._bars is not None:
            self._bars.refresh()

    @contextlib.contextmanager
    def task(self, title: str, total: int, done: int = 0) -> Iterator[Advance]:
        """A row for one task, shown until the block ends; a line with the time that it took stays behind.

        Args:
            title: what is being done, in a few words.
            total: how many units of work there are.
            done: how many of them an earlier run did.

        Yields:
            `advance(units, **figures)`, which moves the bar and shows the figures, such as `loss=0.02`.
        """
        if self._bars is None:
            yield lambda units, **figures: None
            return
        bars = self._bars
        row = bars.add_task(title, total=total, completed=done, figures="")

        def advance(units: int, **figures: float) -> None:
            bars.update(row, advance=units, figures="  ".join(f"{k} {v:.4g}" for k, v in figures.items()))

        try:
            with self:
                yield advance
                task = bars.tasks[bars.task_ids.index(row)]
                took = timedelta(seconds=round(task.elapsed or 0))
                bars.print(f"{title}: {task.completed:.0f} of {total} in {took}  {task.fields['figures']}")
        finally:
            bars.remove_task(row)


def _bars(console: Console) -> Bars:
    return Bars(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}", style="dim"),
        console=console,
        refresh_per_second=4,
        transient=True,
    )
