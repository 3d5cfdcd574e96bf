"""How well pages are read and notices judged, on documents that other people kept: `make eval`.

A part is a module with ``measure(corpus, catalogue) -> Iterator[Metric]``; a new one is added to `PARTS` in __main__.
"""
