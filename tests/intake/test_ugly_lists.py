import pytest

from tests.intake import ugly_lists
from training.intake.cells import NOTHING_WRITTEN, Expected
from training.intake.choosing import Wanted
from training.intake.headings import NOT_TAKEN_OVER
from training.intake.lists import lists_in, person_in
from training.intake.organisations import Known, Organisations
from training.intake.plain import text_of
from training.intake.reading import read

CATEGORIES = (
    Wanted("technology", ("advanced manufacturing technology talents", "先进制造技术人才")),
    Wanted("process", ("advanced basic process talents", "先进基础工艺人才")),
)
ORGANISATIONS = [
    Known(1, ("合肥样品机床股份有限公司", "Hefei Sample Machine Tools"), ("样品机床",)),
    Known(2, ("合肥样品铸造厂",)),
]
NEEDS_THE_CATEGORY = {ugly_lists.categories}


@pytest.fixture(scope="module", params=ugly_lists.LISTS, ids=lambda each: each.make.__name__)
def ugly(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("ugly") / f"list.{request.param.suffix}"
    request.param.make(path)
    required = {"category"} if request.param.make in NEEDS_THE_CATEGORY else ()
    return request.param, lists_in(read(path)), Expected(frozenset(required), CATEGORIES)


def test_an_ugly_list_comes_out_as_it_is_written_beside_it(ugly):
    expected, tables, session = ugly
    people = [person_in(row, table, session, Organisations(ORGANISATIONS)) for table in tables for row in table.rows]

    assert [person.values.get("name") for person in people] == [each.values["name"] for each in expected.people]
    for person, each in zip(people, expected.people, strict=True):
        assert {meaning: person.values.get(meaning) for meaning in each.values} == each.values
        said = {finding.meaning: finding.sentence_en for finding in person.findings}
        assert said.keys() == each.said.keys()
        for meaning, beginning in each.said.items():
            assert said[meaning].startswith(beginning)
    assert tables[0].unit == expected.unit
    assert [column.heading for table in tables for column in table.columns if not column.meaning] == expected.unknown
    notes = [finding.sentence_en for table in tables for finding in table.findings]
    assert len(notes) == len(expected.notes)
    assert all(note.startswith(beginning) for note, beginning in zip(notes, expected.notes, strict=True))


def test_every_cell_without_a_value_is_explained(ugly):
    _expected, tables, session = ugly

    for table in tables:
        for row in table.rows:
            person = person_in(row, table, session)
            explained = {finding.meaning for finding in person.findings} | person.values.keys() | NOT_TAKEN_OVER
            for column, cell in zip(table.columns, row.cells, strict=True):
                if column.meaning and text_of(cell) not in {"", *NOTHING_WRITTEN}:
                    assert column.meaning in explained, text_of(cell)


def test_there_are_at_least_twenty_five_of_them():
    assert len(ugly_lists.LISTS) >= 25
