"""Who someone is: users, sign-in by code or password, second factor, role names.

Guards one rule: an account is a confirmed e-mail address. It knows letters and nothing of
programmes: a role becomes a right only through a grant, and grants live in the catalogue.
"""
