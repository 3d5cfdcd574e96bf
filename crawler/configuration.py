"""The configuration as it is now: saved files are picked up without a restart, a bad edit leaves the last good one.

A configuration can be pickled: a child process goes on with what is in force, whatever the files say meanwhile.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path

from crawler import platforms
from crawler.config.catalogue import Catalogue, load_catalogue
from crawler.config.settings import CONFIG_NAME, Settings, load_settings
from crawler.disk import Stamp, stamp
from crawler.exceptions import ConfigError

FIXED = ("database_url", "data_dir", "listen")
"""What a process opens when it starts, and keeps."""


class Configuration:
    """Settings and catalogue as they are now; `refresh` picks up saved files, a bad edit changes nothing."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self._named = path or os.environ.get("FENGHUO_CONFIG")
        self._patterns: tuple[str, ...] = ()  # of the sources last asked for, good or not
        self.error: ConfigError | None = None
        self.waiting: tuple[str, ...] = ()  # keys of `FIXED` that were edited, and are taken over at the next start
        self.settings, self.catalogue = self._read()

    @property
    def file(self) -> Path:
        """The configuration file, which need not be there."""
        return Path(self._named or CONFIG_NAME)

    def refresh(self) -> bool:
        """Re-read if a file changed; true when settings or catalogue are new.  A mistake is kept in ``error``."""
        if (self._settings_stamp(), self._sources_stamps()) == self._seen:
            return False
        try:
            settings, catalogue = self._read()
        except ConfigError as e:
            self.error = e
            return False
        fixed = {name: getattr(self.settings, name) for name in FIXED}
        self.waiting = tuple(name for name in FIXED if getattr(settings, name) != fixed[name])
        self.settings, self.catalogue = settings.model_copy(update=fixed), catalogue
        self.error = None
        return True

    def _read(self) -> tuple[Settings, Catalogue]:
        """Read all files, each stamped before it is read, so that a save meanwhile is not missed."""
        seen = self._settings_stamp()
        self._seen = seen, self._sources_stamps()
        settings = load_settings(self._named)
        self._patterns = settings.sources
        self._seen = seen, self._sources_stamps()
        catalogue = load_catalogue(settings, platforms.check)
        if seen:
            self._named = self._named or CONFIG_NAME  # from now on its absence is a mistake, and not the defaults
        return settings, catalogue

    def _settings_stamp(self) -> Stamp | None:
        return stamp(self._named or CONFIG_NAME)

    def _sources_stamps(self) -> dict[str, Stamp | None]:
        return {f: stamp(f) for p in self._patterns for f in glob.glob(p, recursive=True)}
