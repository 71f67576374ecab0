"""WeasyPrint alone, as a program: renders one HTML file to PDF each time it is told to.

It takes the HTML, the stylesheet (with the fonts in it) and the PDF's form as arguments, renders
once, and then prints how many seconds each further rendering took, one for each line it reads.
Font map and stylesheet are made once, as who prints many papers would do it. Nothing of the
product is in this process.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import weasyprint
from weasyprint.text.fonts import FontConfiguration


def main() -> None:
    """Render whenever a line comes."""
    html, stylesheet, variant = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    config = FontConfiguration()
    sheet = weasyprint.CSS(filename=stylesheet, font_config=config)
    text = html.read_text(encoding="utf8")

    def render() -> float:
        start = time.perf_counter()
        document = weasyprint.HTML(string=text, base_url=str(html))
        document.write_pdf(stylesheets=[sheet], font_config=config, pdf_variant=variant)
        return time.perf_counter() - start

    render()
    for _line in sys.stdin:
        sys.stdout.write(f"{render()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
