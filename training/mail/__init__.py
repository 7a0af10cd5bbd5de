"""The outbox: letters written inside the transaction that causes them, sent by a worker.

Guards one rule: a letter is a row before it is a message, so none is lost, and a repeated
sending carries the same Message-ID. Knows addresses and texts, nothing of programmes.
"""
