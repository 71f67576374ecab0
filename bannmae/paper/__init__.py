"""Official paper: the municipality's fonts, the page frame, PDF and pictures of pages.

Nothing here imports WeasyPrint or pdfium until a page is really asked for: the web process
imports this room and prints nothing.
"""
