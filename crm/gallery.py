"""A gallery of the components, for developers: served only in DEBUG."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common import keyset
from common.forms import PlainForm


class SampleForm(PlainForm):
    """One field of each kind."""

    name = forms.CharField(label="客户姓名")
    phone = forms.CharField(label="手机号", help_text="11 位手机号，空格和 +86 都可以")
    kind = forms.ChoiceField(label="来访类型", choices=[("first", "首访"), ("again", "复访")], widget=forms.RadioSelect)
    source = forms.ChoiceField(label="来访渠道", choices=[("", "请选择"), ("walk", "自然到访")])
    notes = forms.CharField(label="备注", widget=forms.Textarea, required=False)
    large = forms.BooleanField(label="多人来访", required=False)


BADGES = [("waiting", "待接"), ("serving", "接待中"), ("break", "休息"), ("returned", "已退回"), ("", "外出")]


@require_safe
@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """Every component in its states."""
    context = {
        "form": SampleForm(),
        "wrong": SampleForm({"phone": "1381234"}),
        "badges": BADGES,
        "now": timezone.now(),
        "page": keyset.Page(rows=BADGES, next_cursor="x"),
        "filters": SampleForm({"name": "林", "kind": "first"}),
    }
    return render(request, "components/gallery.html", context)
