"""GeoJSON (RFC 7946): its shapes on a Leaflet map without a background, since tiles would come from another host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from knowrepo.render.interactive.payload import Payload

_TYPES = {
    "Feature",
    "FeatureCollection",
    "GeometryCollection",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
}
_PAGE = """<div id="map" style="height: 400px"></div>
<script type="application/json" id="shapes">{}</script>
<script>
const map = L.map("map").setView([0, 0], 1);
const shapes = L.geoJSON(JSON.parse(document.getElementById("shapes").textContent), {{
  pointToLayer: (feature, place) => L.circleMarker(place, {{ radius: 6 }}),
}}).addTo(map);
if (shapes.getBounds().isValid()) map.fitBounds(shapes.getBounds(), {{ maxZoom: 12 }});
</script>
"""


def layer(value: Any) -> Payload | None:
    """The map of a GeoJSON object; None if it is none."""
    if not isinstance(value, Mapping) or str(value.get("type")) not in _TYPES:
        return None
    try:
        text = orjson.dumps(value).decode().replace("<", "\\u003c")
    except orjson.JSONEncodeError:
        return None
    return Payload("html", {"html": _PAGE.format(text)}, ("leaflet",), "Interactive map")
