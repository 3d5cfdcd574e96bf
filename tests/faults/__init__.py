"""Every fault of the catalogue, made by a hostile server on loopback and met by the real `fenghuo poll`.

hostile   the server: raw bytes, silence and resets, an address of its own for each case
texts     what it publishes: texts of our own words, no two alike
ward      polls of many cases at once, and what became of each
"""
