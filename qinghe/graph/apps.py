from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.graph"
    label = "graph"
