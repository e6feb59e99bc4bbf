from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.claims"
    label = "claims"
