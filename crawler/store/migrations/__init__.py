"""The steps from any released schema to the current one.

A change of tables.py needs a file versions/NNNN_what.py with the next number, and `version.SCHEMA` set to that number.
"""
