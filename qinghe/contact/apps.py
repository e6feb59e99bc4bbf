from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.contact"
    label = "contact"
