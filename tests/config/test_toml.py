import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.config.settings import load_settings
from crawler.config.toml import TomlFile
from crawler.exceptions import ConfigError


def pipe(file: Path) -> None:
    os.mkfifo(file)


def door(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(file))


@pytest.mark.parametrize("make", [pipe, door, Path.mkdir])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], object]) -> None:
    file = tmp_path / "x.toml"
    make(file)
    for read in (TomlFile.read, load_settings):
        with pytest.raises(ConfigError, match=r"x\.toml: "):
            read(file)
