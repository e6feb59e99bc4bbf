from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.risk"
    label = "risk"
