"""`python -m chatops.simulator`."""

import sys

from chatops.simulator.launch import main

sys.exit(main())
