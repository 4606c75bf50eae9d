from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "ponte.db"
    label = "db"
    verbose_name = "Ponte"
