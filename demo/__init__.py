"""The whole system against a bundled replay site: `make demo`."""
