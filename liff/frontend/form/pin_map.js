// The map with a pin that can be moved. Works without any tile: a grid stands under the pictures.

import L from 'leaflet';
import 'leaflet/dist/leaflet.css';
import { $, h, show } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { closeOverlay, openOverlay } from '../lib/overlay.js';

const FAR = 14; // zoom that shows the whole municipality
const NEAR = 17; // zoom that shows houses
const STEP_PX = 12; // one arrow key's move of the pin
const PIN =
  '<svg viewBox="0 0 36 48" width="36" height="48" aria-hidden="true">' +
  '<path d="M18 46C18 46 33 29 33 17A15 15 0 0 0 3 17C3 29 18 46 18 46Z"/>' +
  '<circle cx="18" cy="17" r="6"/></svg>';

const Grid = L.GridLayer.extend({
  createTile() {
    return h('div', { class: 'map-grid' });
  },
});

export class PinMap {
  // `onMove({latitude, longitude})` when the person puts or moves the pin.
  constructor(root, { latitude, longitude, tilesUrl, attribution, onMove }) {
    this.root = root;
    this.onMove = onMove;
    this.noTiles = $('[data-map-trouble]', root);
    this.canvas = $('[data-map]', root);
    const touch = L.Browser.mobile || L.Browser.touch;
    this.oneFinger = !touch;
    this.map = L.map(this.canvas, {
      center: [latitude, longitude],
      zoom: FAR,
      zoomControl: false,
      // On a phone one finger scrolls the page; the map moves with two, or when it is large.
      dragging: this.oneFinger,
      scrollWheelZoom: false,
      zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    });
    this.map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: 'ซูมเข้า', zoomOutTitle: 'ซูมออก' }).addTo(this.map);
    new Grid({ maxZoom: 22 }).addTo(this.map);
    if (tilesUrl) this.addTiles(tilesUrl, attribution);
    this.map.on('click', (event) => this.place(event.latlng));
    this.canvas.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.target === this.canvas) {
        event.preventDefault();
        this.place(this.map.getCenter());
      }
    });
    this.button = $('[data-map-large]', root);
    this.button.addEventListener('click', () => this.toggleLarge());
    // The step may have been hidden when the map was made.
    if (window.ResizeObserver) {
      new ResizeObserver(() => this.map.invalidateSize()).observe(this.canvas);
    }
  }

  addTiles(tilesUrl, attribution) {
    const tiles = L.tileLayer(tilesUrl, {
      maxZoom: 19,
      attribution: escapeHtml(attribution),
      // Public tile servers refuse who does not say from which site he asks.
      referrerPolicy: 'strict-origin-when-cross-origin',
    });
    tiles.on('tileerror', () => show(this.noTiles, true));
    tiles.on('tileload', () => show(this.noTiles, false));
    tiles.addTo(this.map);
  }

  place(latlng) {
    this.put(latlng.lat, latlng.lng);
    this.tell();
  }

  // Puts the pin without telling: the position came from elsewhere.
  setPosition({ latitude, longitude, accuracy }) {
    this.put(latitude, longitude);
    if (this.circle) this.circle.remove();
    this.circle = null;
    if (accuracy) {
      this.circle = L.circle([latitude, longitude], {
        radius: accuracy,
        className: 'map-accuracy',
        interactive: false,
      }).addTo(this.map);
    }
    this.map.setView([latitude, longitude], Math.max(this.map.getZoom(), NEAR));
  }

  put(latitude, longitude) {
    if (this.pin) {
      this.pin.setLatLng([latitude, longitude]);
      return;
    }
    this.pin = L.marker([latitude, longitude], {
      draggable: true,
      autoPan: true,
      keyboard: true,
      title: 'หมุดจุดเกิดเหตุ ลากเพื่อเลื่อน',
      alt: 'หมุดจุดเกิดเหตุ กดปุ่มลูกศรเพื่อเลื่อน',
      icon: L.divIcon({ className: 'map-pin', html: PIN, iconSize: [48, 56], iconAnchor: [24, 52] }),
    }).addTo(this.map);
    this.pin.on('dragend', () => this.tell());
    this.pin.getElement().addEventListener('keydown', (event) => this.nudge(event));
  }

  nudge(event) {
    const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const point = this.map.latLngToContainerPoint(this.pin.getLatLng());
    this.pin.setLatLng(
      this.map.containerPointToLatLng(point.add(L.point(move).multiplyBy(STEP_PX))),
    );
    this.tell();
  }

  clear() {
    if (this.pin) this.pin.remove();
    if (this.circle) this.circle.remove();
    this.pin = null;
    this.circle = null;
  }

  tell() {
    if (this.circle) this.circle.remove();
    this.circle = null;
    const { lat, lng } = this.pin.getLatLng().wrap();
    this.onMove({ latitude: lat, longitude: lng });
  }

  toggleLarge() {
    if (this.large) {
      closeOverlay();
      return;
    }
    this.setLarge(true);
    openOverlay(() => this.setLarge(false));
  }

  setLarge(large) {
    this.large = large;
    this.root.classList.toggle('map-large', large);
    document.body.classList.toggle('covered', large);
    this.button.lastElementChild.textContent = large ? 'เสร็จแล้ว' : 'เปิดแผนที่เต็มจอ';
    this.button.firstElementChild.innerHTML = large ? icons.check : icons.maximize;
    if (large || this.oneFinger) this.map.dragging.enable();
    else this.map.dragging.disable();
    this.map.invalidateSize();
    if (this.pin) this.map.panTo(this.pin.getLatLng(), { animate: false });
    this.button.focus({ preventScroll: true });
  }
}

function escapeHtml(text) {
  return h('span', null, text).innerHTML;
}
