from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.portal"
    label = "portal"
