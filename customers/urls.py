"""Addresses of the registers and the customers."""

from django.urls import path, re_path

from .views import card, card_acts, customer, customers, defeats, find, line, moves, printing, register, signing, today

urlpatterns = [
    path("register/", register.register, name="register"),
    path("register/mine/", register.my_register, name="my_register"),
    path("register/incomplete/", register.register_incomplete, name="register_incomplete"),
    path("register/print/", printing.register_print, name="register_print"),
    path("register/<int:number>/", line.line, name="line"),
    re_path(
        r"^register/(?P<number>[0-9]{1,9})/(?P<kind>completion|correction|record)/$", line.line_add, name="line_add"
    ),
    path("find/", find.find, name="find"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/contact/", customer.customer_contact, name="customer_contact"),
    path("customers/<int:pk>/contact/<int:follow_up>/sign/", customer.contact_sign, name="contact_sign"),
    path("customers/<int:pk>/contact/<int:follow_up>/reject/", customer.contact_reject, name="contact_reject"),
    path("customers/<int:pk>/people/<int:person>/reveal/", customer.reveal, name="reveal"),
    path("customers/<int:pk>/transfer/", moves.customer_transfer, name="customer_transfer"),
    path("customers/<int:pk>/join/", moves.customer_join, name="customer_join"),
    path("customers/<int:pk>/card/", card.card, name="card"),
    path("customers/<int:pk>/card/draft/", card.card_draft, name="card_draft"),
    path("customers/<int:pk>/card/level/", card.card_level, name="card_level"),
    path("customers/<int:pk>/card/submit/", card.card_submit, name="card_submit"),
    path("customers/<int:pk>/card/sign/", card_acts.card_sign, name="card_sign"),
    path("customers/<int:pk>/card/return/", card_acts.card_return, name="card_return"),
    path("customers/<int:pk>/card/file/", card_acts.card_file, name="card_file"),
    path("customers/<int:pk>/card/print/", card_acts.card_print, name="card_print"),
    path("card/<uuid:code>/", card_acts.card_code, name="card_code"),
    path("today/", today.today, name="today"),
    path("today/<int:pk>/", today.today_contact, name="today_contact"),
    path("today/<int:pk>/call/", today.today_call, name="today_call"),
    path("customers/<int:pk>/defeat/", defeats.customer_defeat, name="customer_defeat"),
    re_path(
        r"^customers/(?P<pk>[0-9]{1,18})/defeat/(?P<act>confirm|approve|refuse|close)/$",
        defeats.customer_defeat_act,
        name="customer_defeat_act",
    ),
    path("defeats/", defeats.defeats, name="defeats"),
    path("defeats/analysis/", defeats.defeats_analysis, name="defeats_analysis"),
    path("signing/", signing.signing, name="signing"),
    path("signing/bulk/", signing.signing_bulk, name="signing_bulk"),
    re_path(
        r"^signing/(?P<kind>cards|contacts|defeats)/(?P<pk>[0-9]{1,18})/(?P<act>[a-z]{4,8})/$",
        signing.signing_act,
        name="signing_act",
    ),
    path("pool/", customers.pool, name="pool"),
    path("pool/assign/", customers.pool_assign, name="pool_assign"),
    path("lapsing/", customers.lapsing, name="lapsing"),
]
