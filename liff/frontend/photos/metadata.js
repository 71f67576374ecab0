// What a photo's own metadata says, read before shrinking drops it.

import exifr from 'exifr/dist/lite.esm.mjs';

// Returns {position: {latitude, longitude} or null, orientation: 1–8}. Never fails.
export async function readMetadata(file) {
  try {
    const tags = await exifr.parse(file, {
      gps: true,
      translateValues: false,
      pick: ['Orientation', 'GPSLatitude', 'GPSLatitudeRef', 'GPSLongitude', 'GPSLongitudeRef'],
    });
    const { latitude, longitude, Orientation } = tags || {};
    return {
      position: plausible(latitude, longitude) ? { latitude, longitude } : null,
      orientation: Orientation || 1,
    };
  } catch (error) {
    return { position: null, orientation: 1 };
  }
}

// Cameras without a fix write 0, 0 or nonsense.
function plausible(latitude, longitude) {
  return (
    Number.isFinite(latitude) &&
    Number.isFinite(longitude) &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180 &&
    !(Math.abs(latitude) < 0.001 && Math.abs(longitude) < 0.001)
  );
}
