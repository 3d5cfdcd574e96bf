"""The configuration as it is now: saved files are picked up without a restart, a bad edit leaves the last good one."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from crawler import platforms
from crawler.config import CONFIG_NAME, load_catalogue, load_settings
from crawler.exceptions import ConfigError


class Configuration:
    """Settings and catalogue as they are now; `refresh` picks up saved files, a bad edit changes nothing."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._path = path
        self.settings = load_settings(path)
        self.catalogue = load_catalogue(self.settings, platforms.check)
        self.error: ConfigError | None = None
        self._stamp = self._stamps()

    def refresh(self) -> bool:
        """Re-read if a file changed; true when settings or catalogue are new.  A mistake is kept in ``error``."""
        stamp = self._stamps()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            settings = load_settings(self._path)
            catalogue = load_catalogue(settings, platforms.check)
        except ConfigError as e:
            self.error = e
            return False
        self.settings, self.catalogue, self.error = settings, catalogue, None
        return True

    def _stamps(self) -> dict[str, tuple[int, int]]:
        named = self._path or os.environ.get("FENGHUO_CONFIG") or CONFIG_NAME
        files = [str(named), *(f for p in self.settings.sources for f in glob.glob(p, recursive=True))]
        return {f: (s.st_mtime_ns, s.st_size) for f in files if (s := _stat(f))}


def _stat(path: str) -> os.stat_result | None:
    try:
        return Path(path).stat()
    except OSError:
        return None
