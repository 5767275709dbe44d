from django.apps import AppConfig, apps
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class CrmConfig(AppConfig):
    name = "crm"

    def ready(self) -> None:
        from exchange.lists.table import LISTS

        from .guarded import check_guards, guard
        from .taking_out import APPROVALS

        LISTS["approvals"] = APPROVALS

        post_migrate.connect(guard, sender=apps.get_app_config("reception"))
        register(Tags.database)(check_guards)
