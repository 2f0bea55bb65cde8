import os
import signal
import subprocess
import sys
import threading

import jax.numpy as jnp
import numpy as np
import pytest

from wellposed.errors import InputError
from wellposed.io import atomic_write, read_json, write_csv, write_json


def test_a_finished_block_leaves_the_file_and_nothing_else(tmp_path):
    path = tmp_path / "new" / "folder" / "a.txt"
    with atomic_write(path) as part:
        part.write_text("all of it")
    assert path.read_text() == "all of it"
    assert os.listdir(path.parent) == ["a.txt"]


def test_the_temporary_file_keeps_both_suffixes(tmp_path):
    with atomic_write(tmp_path / "volume.nii.gz") as part:
        assert part.name.endswith(".nii.gz")
        assert part.parent == tmp_path


def write_half_and_fail(path):
    with atomic_write(path) as part:
        part.write_text("half")
        raise RuntimeError("disk on fire")


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="disk on fire"):
        write_half_and_fail(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_kill_9_inside_the_block_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    program = (
        "import sys, time\n"
        "from wellposed.io import atomic_write\n"
        "with atomic_write(sys.argv[1]) as part:\n"
        "    part.write_text('half')\n"
        "    print('written', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert path.read_text() == "old"


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "a.txt"
    texts = {letter * 200_000 for letter in "ab"}
    path.write_text("a" * 200_000)
    seen: set[str] = set()
    done = threading.Event()

    def read():
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(20):
        with atomic_write(path) as part:
            part.write_text("ba"[i % 2] * 200_000)
    done.set()
    reader.join()
    assert seen <= texts


def test_the_file_obeys_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "a.txt") as part:
            part.write_text("x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_folder_in_the_way_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="expected a file to write, found a folder"), atomic_write(tmp_path):
        pass


def test_a_file_in_place_of_a_folder_is_an_input_error(tmp_path):
    (tmp_path / "runs").write_text("")
    with (
        pytest.raises(InputError, match="expected a folder that can be written to"),
        atomic_write(tmp_path / "runs" / "a.txt"),
    ):
        pass


def test_json_round_trip_with_numbers_of_numpy_and_jax(tmp_path):
    path = tmp_path / "m.json"
    write_json(path, {"a": np.float32(0.5), "b": jnp.arange(3), "ü": None, "path": tmp_path})
    assert read_json(path) == {"a": 0.5, "b": [0, 1, 2], "ü": None, "path": str(tmp_path)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan"), jnp.asarray([jnp.inf])])
def test_json_refuses_what_json_does_not_have(tmp_path, value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "m.json", {"a": value})
    assert os.listdir(tmp_path) == []


def test_json_refuses_objects(tmp_path):
    with pytest.raises(TypeError, match="expects plain values, found object"):
        write_json(tmp_path / "m.json", {"a": object()})


def test_read_json_of_bad_input(tmp_path):
    (tmp_path / "bad.json").write_text('{"a": ')
    with pytest.raises(InputError, match="expected valid JSON, found Expecting value"):
        read_json(tmp_path / "bad.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="expected valid JSON"):
        read_json(tmp_path / "binary.json")
    with pytest.raises(InputError, match="found no such file"):
        read_json(tmp_path / "none.json")
    with pytest.raises(InputError, match="found a folder"):
        read_json(tmp_path)


def test_csv_quotes_and_refuses_ragged_rows(tmp_path):
    path = tmp_path / "t.csv"
    write_csv(path, ["a", "b"], [{"b": 1}, ["x, y", 2]])
    assert path.read_text() == 'a,b\n,1\n"x, y",2\n'
    with pytest.raises(ValueError, match=r"found also \['c'\]"):
        write_csv(path, ["a", "b"], [{"c": 1}])
    with pytest.raises(ValueError, match="expects 2 values in each row, found 1"):
        write_csv(path, ["a", "b"], [[1]])
    assert path.read_text() == 'a,b\n,1\n"x, y",2\n'
