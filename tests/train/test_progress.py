import io

import pytest
from rich.console import Console

from wellposed.train import Progress


def _terminal():
    stream = io.StringIO()
    return stream, Console(file=stream, force_terminal=True, force_interactive=True, width=120, color_system=None)


def test_a_terminal_shows_title_count_figures_and_time_left():
    stream, console = _terminal()
    with Progress(console) as progress, progress.task("training", total=4, done=1) as advance:
        advance(2, loss=0.0123, term=4.0)
        progress.refresh()
        during = stream.getvalue()
    for text in ("training", "3/4", "loss 0.0123", "term 4", "left"):
        assert text in during
    assert "training: 3 of 4 in 0:00:0" in stream.getvalue()[len(during) :]


def test_stages_and_their_tasks_share_one_display():
    stream, console = _terminal()
    with Progress(console) as progress, progress.task("stages", total=2) as stage:
        for name in ("first", "second"):
            with progress.task(name, total=1) as advance:
                advance(1)
                progress.refresh()
            stage(1)
    text = stream.getvalue()
    assert text.index("first: 1 of 1") < text.index("second: 1 of 1") < text.index("stages: 2 of 2")


def test_a_failed_task_leaves_no_line_and_frees_the_terminal():
    stream, console = _terminal()
    with pytest.raises(KeyError, match="lost"), Progress(console).task("broken", total=1):
        raise KeyError("lost")
    assert "broken: 0 of 1" not in stream.getvalue()
    assert "\x1b[?25h" in stream.getvalue()  # the cursor is back


@pytest.mark.parametrize("shown", [True, False])
def test_nothing_is_written_without_a_terminal_or_when_silenced(shown, capfd):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=not shown, force_interactive=not shown)
    with Progress(console, shown=shown) as progress, progress.task("training", total=3) as advance:
        advance(3, loss=1.0)
    with Progress() as progress, progress.task("training", total=3) as advance:
        advance(3, loss=1.0)
    assert stream.getvalue() == ""
    assert capfd.readouterr() == ("", "")
