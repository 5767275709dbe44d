"""Addresses of signing in, preferences, the inbox, staff and policy."""

from allauth.account import views as account
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from . import accounts as preferences
from .views import accounts, away, bots, conduct, inbox, measures, payroll, people, policy, posting, rewards

# The library's form would take a PUT for a POST.
login = require_http_methods(["GET", "HEAD", "POST"])(account.login)

urlpatterns = [
    path("accounts/login/", login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", preferences.change_password, name="account_change_password"),
    path("language/", preferences.set_language, name="set_language"),
    path("theme/", preferences.set_theme, name="set_theme"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/unread/", inbox.inbox_unread, name="inbox_unread"),
    path("inbox/read-all/", inbox.inbox_read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.inbox_open, name="inbox_open"),
    path("staff/", people.staff, name="staff"),
    path("staff/hire/", people.staff_hire, name="staff_hire"),
    path("staff/<int:pk>/", people.staff_person, name="staff_person"),
    path("staff/<int:pk>/number/", posting.staff_number, name="staff_number"),
    path("staff/<int:pk>/password/", people.staff_password, name="staff_password"),
    path("approvals/away/", away.away, name="away"),
    path("approvals/away/<int:pk>/end/", away.away_end, name="away_end"),
    path("policy/", policy.policy, name="policy"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("bots/", bots.bots, name="bots"),
    path("bots/<int:pk>/", bots.bot, name="bot"),
    path("bots/<int:pk>/test/", bots.bot_test, name="bot_test"),
    path("bots/<int:pk>/remove/", bots.bot_remove, name="bot_remove"),
    path("conduct/", conduct.conduct, name="conduct"),
    path("conduct/give/", conduct.conduct_give, name="conduct_give"),
    path("conduct/proposals/<int:pk>/", conduct.conduct_proposal, name="conduct_proposal"),
    re_path(
        r"^conduct/proposals/(?P<pk>[0-9]{1,18})/(?P<act>confirm|dismiss)/$",
        conduct.conduct_proposal_act,
        name="conduct_proposal_act",
    ),
    path("conduct/measures/<int:pk>/", measures.conduct_measure, name="conduct_measure"),
    re_path(
        r"^conduct/measures/(?P<pk>[0-9]{1,18})/(?P<act>uphold|withdraw)/$",
        measures.conduct_measure_act,
        name="conduct_measure_act",
    ),
    path("conduct/rewards/", rewards.rewards, name="rewards"),
    path("conduct/rewards/give/", rewards.reward_give, name="reward_give"),
    path("conduct/rewards/<int:pk>/", rewards.reward, name="reward"),
    path("conduct/payroll/", payroll.payroll, name="payroll"),
    path("conduct/payroll/take/", payroll.payroll_take, name="payroll_take"),
    path("conduct/payroll/<int:pk>/", payroll.payroll_sheet, name="payroll_sheet"),
    path("conduct/mine/", measures.my_conduct, name="my_conduct"),
    path("conduct/mine/<int:pk>/seen/", measures.my_conduct_seen, name="my_conduct_seen"),
    path("conduct/mine/<int:pk>/object/", measures.my_conduct_object, name="my_conduct_object"),
]
