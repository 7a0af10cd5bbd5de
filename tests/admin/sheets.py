"""What a browser would send back of a page's form, so that a test changes only what it speaks of."""


def sheet(response):
    """The admin's change form with its inlines, untouched."""
    admin_form = response.context["adminform"]
    data = {}
    formsets = [one.formset for one in response.context["inline_admin_formsets"]]
    for form in (admin_form.form, *(form for formset in formsets for form in formset)):
        for field in form:
            data.update(_written(field))
    for formset in formsets:
        data.update({field.html_name: field.value() for field in formset.management_form})
    return data


def agenda_sheet(response):
    """The rows of a session's agenda, untouched."""
    rows = response.context["rows"]
    data = {field.html_name: field.value() for field in rows.management_form}
    for row in rows.forms:
        if row.item is not None:
            data |= {row.id_name: row.item.pk, row.revision_name: row.item.revision}
        for field in row:
            data.update(_written(field))
    return data


def row_of(response, item):
    """The prefix of the item's row."""
    return next(row.prefix for row in response.context["rows"].forms if row.item == item)


def blank_row(response, day):
    """The prefix of the blank row under that day."""
    rows = response.context["rows"].forms
    return next(row.prefix for row in rows if row.item is None and row["day"].value() == day)


def errors_of(response):
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def errors_in_rows(response):
    rows = response.context["rows"].forms
    return [
        (row["title_en"].value(), name, sentence)
        for row in rows
        for name, sentences in row.errors.items()
        for sentence in sentences
    ]


def _written(field):
    value = field.value()
    if field.name == "asked":
        asked, required = value or {}, [code for code, is_required in (value or {}).items() if is_required]
        return {f"asked-{code}-asked": "on" for code in asked} | {f"asked-{code}-required": "on" for code in required}
    if isinstance(value, bool):
        return {field.html_name: "on"} if value else {}
    if hasattr(field.field.widget, "decompress"):
        widgets, parts = field.field.widget.widgets, field.field.widget.decompress(value)
        return {
            f"{field.html_name}_{place}": widget.format_value(part) or ""
            for place, (widget, part) in enumerate(zip(widgets, parts, strict=True))
        }
    if value is None:
        return {}
    return {field.html_name: field.field.widget.format_value(value) if hasattr(value, "isoformat") else value}
