"""WSGI entry of the simulator. The deliveries' threads start with it, in gunicorn's worker."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from chatops.simulator.connection import BreakingConnections

os.environ["DJANGO_SETTINGS_MODULE"] = "chatops.simulator.settings"  # ours, whatever was set
application = BreakingConnections(get_wsgi_application())

from chatops.simulator.delivery import deliverer  # noqa: E402 - needs the apps loaded

deliverer.start()
