"""Every parser of foreign bytes, fuzzed from the recorded pages: in the suite by hypothesis, by `make fuzz` for longer.

targets   the parsers, and the laws that hold for whatever they are given
mutate    bytes made of the recorded pages by cutting, swapping, repeating and inserting what parsers stumble over
"""
