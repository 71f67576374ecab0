#!/usr/bin/env python
"""Entry point of the management commands."""

import os
import sys


def main() -> None:
    """Run one management command under the product's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bannmae.settings")
    from django.core.management import execute_from_command_line

    if sys.argv[1:2] == ["serve"]:
        from bannmae.environment import choose_for_serve

        choose_for_serve()

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
