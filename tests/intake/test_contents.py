from datetime import date

from training.intake.contents import Content
from training.intake.tables import Column


def test_two_columns_that_mean_the_arrival_are_read_together():
    columns = [Column(0, "姓名", "name"), Column(1, "到达日期", "arrival"), Column(2, "到达车次", "arrival")]

    assert Content(cells=["张明", date(2026, 11, 5), "G7360"]).written(columns)["arrival"] == "2026-11-05 G7360"
    assert Content(cells=["张明", None, "G7360"]).written(columns)["arrival"] == "G7360"
    assert Content(cells=["张明", "11月5日", None]).written(columns)["arrival"] == "11月5日"
