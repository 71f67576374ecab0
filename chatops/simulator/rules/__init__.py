"""What LINE refuses, object by object. Pure functions: no database, no Django."""

from chatops.simulator.rules.messages import check_messages
from chatops.simulator.rules.report import Problem, Report, render
from chatops.simulator.rules.rich_menu import check_rich_menu

__all__ = ["Problem", "Report", "check_messages", "check_rich_menu", "render"]
