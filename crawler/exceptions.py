"""Our errors, each of which reads as one line: what, where, what to do.

FenghuoError                 exit 1
 +-- ConfigError             a wrong file, key or value                      exit 2
 +-- StoreError              the database refuses: locked, corrupt, newer    exit 1
 |    +-- StoreConflict      another transaction was in the way: try again
 +-- AlreadyRunning          another daemon holds this data directory        exit 1
 +-- UnknownNotice           no such notice, sighting or delivery            exit 4
 +-- FetchError              a page could not be fetched                     exit 3
 |    +-- AddressRefused     the address guard forbids the address
 |    +-- RobotsRefused      robots.txt forbids the address
 |    +-- NoBrowser          a page must be rendered, and there is no browser
 +-- Unreadable              a page was fetched and not understood           exit 3
"""

from __future__ import annotations


class FenghuoError(Exception):
    """Root of all errors that are the user's to read; anything else is a bug and is not wrapped."""

    exit_code = 1


class ConfigError(FenghuoError):
    """A configuration or source file is wrong; the message names file, line and key."""

    exit_code = 2


class StoreError(FenghuoError):
    """The database cannot be used; the message names it and the command that helps."""


class StoreConflict(StoreError):
    """PostgreSQL gave up a transaction for the sake of another one (a deadlock); nothing of it was written."""


class AlreadyRunning(FenghuoError):
    """Another daemon works on the same data directory."""


class UnknownNotice(FenghuoError):
    """Nothing is known under the given id."""

    exit_code = 4


class FetchError(FenghuoError):
    """A page could not be fetched."""

    exit_code = 3


class AddressRefused(FetchError, OSError):
    """The address guard forbids a connection (also an OSError, so that connectors treat it as a failed connect)."""


class RobotsRefused(FetchError):
    """robots.txt forbids the address."""


class NoBrowser(FetchError):
    """A column is to be rendered and no browser is installed; the message says how to get one."""


class Unreadable(FenghuoError):
    """A page was fetched, classed, and is not what was looked for."""

    exit_code = 3
