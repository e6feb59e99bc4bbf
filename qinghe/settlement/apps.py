from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.settlement"
    label = "settlement"
