"""PDFium is not safe for threads, whatever the document: one at a time in a process."""

from __future__ import annotations

import threading

#: Held by whoever calls pypdfium2, here and in the intake of scans.
PDFIUM = threading.Lock()
