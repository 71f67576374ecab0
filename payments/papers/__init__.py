"""The papers of payments: plain values (`forms`) go in, PDF and XLSX come out.

No model is read here and nothing is kept: who may see what is decided by the caller. Nothing here
imports WeasyPrint, pdfium or openpyxl until a paper is really asked for.
"""
