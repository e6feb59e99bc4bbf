from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.parties"
    label = "parties"
