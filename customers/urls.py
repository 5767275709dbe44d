"""Addresses of the registers and the customers."""

from django.urls import path, re_path

from .views import customer, customers, find, line, moves, printing, register

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
    path("pool/", customers.pool, name="pool"),
    path("pool/assign/", customers.pool_assign, name="pool_assign"),
    path("lapsing/", customers.lapsing, name="lapsing"),
]
