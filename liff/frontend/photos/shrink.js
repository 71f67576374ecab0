// Makes a picked photo small enough to send: JPEG of at most 2048 px, upright, no metadata.

import { complete } from './complete.js';

const MAX_SIDE = 2048;
const QUALITY = 0.85;
// A 2 × 1 JPEG whose EXIF says "turn me": a browser that heeds it shows it 1 px wide.
const TURNED =
  'data:image/jpeg;base64,' +
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAP////' +
  '//////////////////////////////////////////////////////////////////////////////////wAAL' +
  'CAABAAIBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP/' +
  '/Z';

let heedsOrientation = null;

// Returns {blob, width, height}, or null when this browser cannot decode the file (HEIC) or would
// turn it wrongly, or when the file seems cut off: the original goes up then, and the server does all of it.
export async function shrink(file, orientation) {
  if (!(await complete(file))) return null;
  if (orientation > 1 && !(await browserHeedsOrientation())) return null;
  const address = URL.createObjectURL(file);
  try {
    const image = await load(address);
    const scale = Math.min(1, MAX_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const width = Math.max(1, Math.round(image.naturalWidth * scale));
    const height = Math.max(1, Math.round(image.naturalHeight * scale));
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff'; // under what is transparent
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
    canvas.width = 0; // gives the memory back at once on iOS
    return blob && blob.size ? { blob, width, height } : null;
  } catch (error) {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function load(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => (image.naturalWidth ? resolve(image) : reject(new Error('empty')));
    image.onerror = () => reject(new Error('not decodable'));
    image.src = address;
  });
}

async function browserHeedsOrientation() {
  if (heedsOrientation === null) {
    try {
      heedsOrientation = (await load(TURNED)).naturalWidth === 1;
    } catch (error) {
      heedsOrientation = false;
    }
  }
  return heedsOrientation;
}
