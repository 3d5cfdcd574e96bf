"""Scrapy's settings; ITEM_PIPELINES reads as the path of an item.

Everything a user may change stands in fenghuo.toml; what stands here is how the parts are put together.  Politeness,
robots.txt, size, time and address limits are the fetcher's (crawler.fetch), because unchanged looks end before they
reach Scrapy's engine; the engine's own brakes are therefore off.
"""

BOT_NAME = "fenghuo"
SPIDER_MODULES = ["crawler.spiders"]
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SourceLoader"

ITEM_PIPELINES = {
    "crawler.pipelines.ReadPage": 100,  # Fetched -> Understood: a worker process reads the page under a deadline
    "crawler.further.ReadFurther": 150,  # a list that was overtaken: its further pages, up to what is known
    "crawler.pipelines.TakeIn": 200,  # Understood -> judged, saved, queued for alerts: one transaction
}
EXTENSIONS = {
    "crawler.extensions.lookout.Lookout": 100,  # what is due, and the looks that end before the engine
    "crawler.extensions.reader.Reader": 110,  # the worker processes that read pages
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.memusage.MemoryUsage": None,  # the watchdog measures from outside
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # a server that runs Python for its caller; on by default since 2.19

# Every request goes out through the fetcher; nothing but http(s) goes out at all.
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.PoliteHandler",
    "https": "crawler.handler.PoliteHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}  # redirects, robots.txt, validators, inflating: the fetcher's
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # what was seen is the store's to know
CONCURRENT_REQUESTS = 0  # no limit: the fetcher's gates are the limit
CONCURRENT_REQUESTS_PER_DOMAIN = 1000
CONCURRENT_ITEMS = 1  # one response is one item; Scrapy starts this many tasks a response
DOWNLOAD_DELAY = 0
COOKIES_ENABLED = False
ROBOTSTXT_OBEY = False  # obeyed in crawler.fetch.robots, with the 24 hours of life that Scrapy's middleware lacks

# Nothing here uses Twisted's network: plain asyncio costs a fifth less a request and needs no reactor.
TWISTED_REACTOR_ENABLED = False
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.spiders.telling.Brief"  # Scrapy's own writes an item that fails into the log, page and all
