from django.apps import AppConfig


class BigAccountsConfig(AppConfig):
    name = "bigaccounts"
