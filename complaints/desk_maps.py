"""Where the pictures of the map may come from: the browser's rules must name it."""

from __future__ import annotations

from bannmae.map_tiles import tile_origins

__all__ = ["tile_origins"]
