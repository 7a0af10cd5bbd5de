"""What is offered: programmes, training sessions, venues, rooms, speakers, organisations.

Guards one rule: what is unknown stays unknown and is never guessed. Also keeps the grants,
because a right needs a programme, a session or an organisation to hold for. Knows nothing of
agendas and of those who take part.
"""
