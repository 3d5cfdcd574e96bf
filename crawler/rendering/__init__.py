"""Pages that only a browser can show: ``render = true``.

browser   the crawl's side: starts the browser's process, asks it for pages, ends it when it hangs or idles
process   that process: a small Scrapy project over scrapy-playwright, and nothing else of ours
proxy     its only way to the network, where the address guard judges every connection the browser wants
"""
