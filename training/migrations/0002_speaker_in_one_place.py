"""Keeps the copy of an item's time beside each of its speakers equal, by the database itself."""

from django.db import migrations

FORWARD = """
ALTER TABLE training_agendaitem
  ADD CONSTRAINT item_and_its_time UNIQUE (id, occupies);
ALTER TABLE training_itemspeaker
  ADD CONSTRAINT part_follows_the_time_of_its_item
  FOREIGN KEY (item_id, occupies) REFERENCES training_agendaitem (id, occupies) ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE training_itemspeaker DROP CONSTRAINT part_follows_the_time_of_its_item;
ALTER TABLE training_agendaitem DROP CONSTRAINT item_and_its_time;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
