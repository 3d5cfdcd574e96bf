"""What makes a notice provable: captures as WARC records, a hash chain over all that was said, and how both are judged.

Pure: bytes and events in, bytes and findings out.  The store writes and reads them (`crawler.store.evidence.chain`,
`crawler.store.evidence.captures`, `crawler.store.evidence.warcs`).
"""
