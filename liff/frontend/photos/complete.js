// Is a picked JPEG all there? A browser paints what little of a cut-off file it could read, and
// would make a good-looking small photo of a grey sliver.

const MARK = 0xff;
const END = 0xd9;
const SCAN = 0xda;

// False only for a JPEG whose end mark is missing (or that cannot be followed up to it); true for
// every other kind of file.
export async function complete(file) {
  let bytes;
  try {
    bytes = new Uint8Array(await new Response(file).arrayBuffer());
  } catch (error) {
    return false;
  }
  if (bytes[0] !== MARK || bytes[1] !== 0xd8) return true;
  const picture = afterHeaders(bytes);
  if (picture < 0) return false;
  // What follows may be more than one scan, and a film after the photo's end: only in the
  // picture's own data can this pair of bytes be nothing but the end mark.
  for (let at = bytes.indexOf(MARK, picture); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    if (bytes[at + 1] === END) return true;
  }
  return false;
}

// Where the first scan's data begins, or -1. The headers may hold a small picture with an end
// mark of its own.
function afterHeaders(bytes) {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== MARK) return -1;
    const kind = bytes[at + 1];
    if (kind === MARK) at += 1; // a filler
    else {
      at += 2 + bytes[at + 2] * 256 + bytes[at + 3];
      if (kind === SCAN) return at;
    }
  }
  return -1;
}
