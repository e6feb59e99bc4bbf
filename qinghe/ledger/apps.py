from django.apps import AppConfig


class Config(AppConfig):
    name = "qinghe.ledger"
    label = "ledger"
