"""Gathers the models of the floors for Django; nothing else imports from here."""
