from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.quality"
    label = "quality"
