"""`python -m crawler`: the crawl as a child process, made light before anything else is imported."""

from __future__ import annotations

from crawler.lighten import import_logs, let_go, lighten

if __name__ == "__main__":
    lighten()
    let_go()
    import_logs()
    from crawler.child import main

    main()
