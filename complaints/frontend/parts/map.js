// The place of a case. Without tiles the pin and the way there still work.
import L from "leaflet";
import "leaflet/dist/leaflet.css";

// Leaflet writes the attribution as HTML; ours is a text that an administrator types.
function escapeHtml(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

export function showMap() {
  const config = document.getElementById("map-config");
  if (!config) return;
  const { latitude, longitude, accuracy, tiles, attribution } = JSON.parse(config.textContent);
  const place = [latitude, longitude];
  const map = L.map("map", { scrollWheelZoom: false }).setView(place, 16);
  map.attributionControl.setPrefix(false);
  if (tiles) {
    // Tile servers want to know who asks; they learn the origin, never the case.
    L.tileLayer(tiles, { attribution: escapeHtml(attribution), maxZoom: 19, referrerPolicy: "origin" }).addTo(map);
  }
  if (accuracy > 5) {
    L.circle(place, { radius: accuracy, weight: 1, color: "#1f5f8b", fillOpacity: 0.12 }).addTo(map);
  }
  L.circleMarker(place, {
    radius: 9,
    weight: 3,
    color: "#ffffff",
    fillColor: "#b3261e",
    fillOpacity: 1,
  }).addTo(map);
}
