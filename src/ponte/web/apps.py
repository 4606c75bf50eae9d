from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "ponte.web"
    label = "web"
    verbose_name = "Ponte"

    def ready(self) -> None:
        from ponte.web.account.signals import listen  # noqa: PLC0415 -- models can be imported once the apps are loaded

        listen()
