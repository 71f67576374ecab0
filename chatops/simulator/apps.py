"""The one app of the simulator's project."""

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """A LINE platform: residents, chats, menus, tokens, deliveries."""

    name = "chatops.simulator"
    label = "simulator"
