"""Django's classes that the type checker knows with a parameter and that Python does not."""

from typing import TYPE_CHECKING, Generic, TypeVar

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    StockAdmin = admin.ModelAdmin
    StockInline = admin.TabularInline
    StockForm = forms.ModelForm
    StockFormSet = forms.BaseFormSet
    StockInlineFormSet = forms.BaseInlineFormSet
else:
    M, P, F = TypeVar("M"), TypeVar("P"), TypeVar("F")

    class StockAdmin(admin.ModelAdmin, Generic[M]):
        pass

    class StockInline(admin.TabularInline, Generic[M, P]):
        pass

    class StockForm(forms.ModelForm, Generic[M]):
        pass

    class StockFormSet(forms.BaseFormSet, Generic[F]):
        pass

    class StockInlineFormSet(forms.BaseInlineFormSet, Generic[M, P, F]):
        pass


__all__ = ["StockAdmin", "StockForm", "StockFormSet", "StockInline", "StockInlineFormSet"]
