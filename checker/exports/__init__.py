"""Exports: grades and reports in the formats of learning platforms and continuous integration.

Each format has a file of its own; what makes a foreign text safe in each of them stands in ``plain_text``.
"""
