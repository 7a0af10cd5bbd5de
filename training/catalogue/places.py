"""Where a session takes place, as far as it is known."""

from django.utils.translation import get_language

from training.catalogue.models import TrainingSession


def city_in_words(session: TrainingSession) -> str:
    """Hangzhou, Zhejiang · 浙江省杭州市; blank while it is unknown. A municipality is named once."""
    city = session.city
    province = session.province.name if session.province else ""
    if not province or not city or city == province:
        return city or province
    if get_language() == "zh-hans":
        return province + city
    return f"{city}, {province}"
