"""Django's PostgreSQL engine on the embedded server, which starts when it is first needed."""
