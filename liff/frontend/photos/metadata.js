// What a photo's own metadata says, read before shrinking drops it.

import { gps, orientation as orientationOf } from 'exifr/dist/lite.esm.mjs';

// Returns {position: {latitude, longitude} or null, orientation: 1–8}. Never fails.
export async function readMetadata(file) {
  const [place, orientation] = await Promise.all([
    gps(file).catch(() => null),
    orientationOf(file).catch(() => 1),
  ]);
  return { position: plausible(place) ? place : null, orientation: orientation || 1 };
}

// Cameras without a fix write 0, 0 or nonsense.
function plausible(place) {
  const { latitude, longitude } = place || {};
  return (
    Number.isFinite(latitude) &&
    Number.isFinite(longitude) &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180 &&
    !(Math.abs(latitude) < 0.001 && Math.abs(longitude) < 0.001)
  );
}
