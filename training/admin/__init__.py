"""The organiser's door: Django's admin over the same deeds and the same rights as every other door.

Guards one rule: who sees and changes what is asked of the grants (`guarded.py`), never of
Django's permissions. A change of state is a deed with a page that asks why. The site that
gathers these pages is `training/admin_site.py`. Knows no other door.
"""
