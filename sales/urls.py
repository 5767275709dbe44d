"""Addresses of sales."""

from django.urls import path, re_path

from .views import care, deals, discounts, disputes, results, units

urlpatterns = [
    path("results/", results.results, name="results"),
    path("units/", units.units, name="units"),
    path("units/list/", units.units_list, name="units_list"),
    path("units/new/", units.unit_new, name="unit_new"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/price/", units.unit_price, name="unit_price"),
    path("units/<int:pk>/hold/", units.unit_hold, name="unit_hold"),
    path("units/<int:pk>/release/", units.unit_release, name="unit_release"),
    path("deals/", deals.deals, name="deals"),
    path("deals/<int:pk>/", deals.deal, name="deal"),
    path("deals/<int:pk>/contract/", deals.deal_contract, name="deal_contract"),
    path("deals/<int:pk>/ask/", deals.deal_ask, name="deal_ask"),
    path("deals/<int:pk>/pay/", deals.deal_pay, name="deal_pay"),
    path("deals/<int:pk>/deliver/", deals.deal_deliver, name="deal_deliver"),
    path("deals/<int:pk>/cancel/", deals.deal_cancel, name="deal_cancel"),
    path("customers/<int:pk>/deals/", deals.customer_deals, name="customer_deals"),
    path("disputes/<int:pk>/", disputes.dispute, name="dispute"),
    re_path(r"^disputes/(?P<pk>[0-9]{1,18})/(?P<act>[a-z]{4,8})/$", disputes.dispute_act, name="dispute_act"),
    path("disputes/<int:pk>/paper/print/", disputes.dispute_print, name="dispute_print"),
    path("dispute/<uuid:code>/", disputes.dispute_code, name="dispute_code"),
    path("care/", care.care, name="care"),
    path("care/today/", care.care_today, name="care_today"),
    path("customers/<int:pk>/care/", care.care_card, name="care_card"),
    path("discounts/", discounts.discounts, name="discounts"),
]
