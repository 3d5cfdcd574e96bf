"""`python -m crawler`: the crawl as a child process, made light before anything else is imported."""

from __future__ import annotations

from crawler.lighten import import_logs, lighten

if __name__ == "__main__":
    lighten()
    import_logs()
    from crawler.child import main

    main()
