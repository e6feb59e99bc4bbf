from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.journal"
    label = "journal"
