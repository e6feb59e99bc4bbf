from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.web"
    label = "web"
