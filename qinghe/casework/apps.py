from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.casework"
    label = "casework"
