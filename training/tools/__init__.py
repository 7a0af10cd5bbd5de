"""Tools without a business: refusals, names, identity numbers, workbooks, calendar files, tokens.

Guards one rule: what comes in as text goes out as the same text. Knows no model and no
request; everything above may use it.
"""
