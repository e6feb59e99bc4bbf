from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.market"
    label = "market"
