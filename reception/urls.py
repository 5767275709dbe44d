"""Addresses of the front desk."""

from django.urls import path

from .views import adjust, board, checkin, displays, done, fairness, fitness, history, leaving, wall, web, web_public

urlpatterns = [
    path("checkin/", checkin.check_in, name="check_in"),
    path("checkin/answer/", checkin.check_in_answer, name="check_in_answer"),
    path("checkin/find/", checkin.check_in_find, name="check_in_find"),
    path("checkin/done/<int:number>/", done.check_in_done, name="check_in_done"),
    path("checkin/looked/<int:pk>/", done.check_in_looked, name="check_in_looked"),
    path("calls/new/", checkin.call_in, name="call_in"),
    path("leaving/", leaving.leaving, name="leaving"),
    path("board/", board.board, name="board"),
    path("board/rows/", board.board_rows, name="board_rows"),
    path("board/at/", history.board_at, name="board_at"),
    path("board/<int:who>/adjust/", adjust.board_adjust, name="board_adjust"),
    path("board/<int:who>/<slug:act>/", board.board_act, name="board_act"),
    path("receptions/of/<int:number>/", history.line_reception, name="line_reception"),
    path("receptions/<int:pk>/leave/", board.reception_leave, name="reception_leave"),
    path("receptions/<int:pk>/help/", adjust.reception_help, name="reception_help"),
    path("fairness/", fairness.fairness, name="fairness"),
    path("fairness/<int:who>/<slug:figure>/", fairness.fairness_lines, name="fairness_lines"),
    path("tv/<str:token>/", wall.tv, name="tv"),
    path("tv/<str:token>/rows/", wall.tv_rows, name="tv_rows"),
    path("displays/", displays.displays, name="displays"),
    path("displays/<int:pk>/revoke/", displays.displays_revoke, name="displays_revoke"),
    path("web/", web.web_leads, name="web_leads"),
    path("web/new/", web.web_new, name="web_new"),
    path("web/check/", web.web_check, name="web_check"),
    path("web/give/", web.web_give, name="web_give"),
    path("web/channels/", web.web_channels, name="web_channels"),
    path("web/channels/<int:pk>/close/", web.web_channel_close, name="web_channel_close"),
    path("lead/<str:token>/", web_public.lead_form, name="lead_form"),
    path("lead/<str:token>/thanks/", web_public.lead_thanks, name="lead_thanks"),
    path("hook/<str:token>/", web_public.lead_hook, name="lead_hook"),
    path("fitness/", fitness.fitness, name="fitness"),
    path("fitness/<int:pk>/", fitness.staff_fitness, name="staff_fitness"),
    path("fitness/<int:pk>/end/", fitness.fitness_end, name="fitness_end"),
]
