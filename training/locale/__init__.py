"""What differs from language to language: translations, and how dates and times are written."""
