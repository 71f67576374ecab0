// The phone's own position, asked for by a tap only. The first fix is often poor: better ones are
// waited for a few seconds.

const GOOD_ENOUGH_M = 20;
const SETTLE_MS = 8000;
const GIVE_UP_MS = 20000;

// Calls `onFix({latitude, longitude, accuracy})` for each better fix; resolves to the best one.
// Rejects with an Error whose message tells what to do instead. `signal` stops it.
export function locate({ onFix, signal }) {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error('เครื่องนี้บอกตำแหน่งไม่ได้ กรุณาแตะบนแผนที่หรือพิมพ์จุดสังเกตแทน'));
      return;
    }
    let best = null;
    let settle = 0;
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const { latitude, longitude, accuracy } = coords;
        if (best && accuracy >= best.accuracy) return;
        best = { latitude, longitude, accuracy };
        onFix(best);
        if (accuracy <= GOOD_ENOUGH_M) end();
        else if (!settle) settle = setTimeout(end, SETTLE_MS);
      },
      (error) => {
        if (best && error.code !== error.PERMISSION_DENIED) return;
        stop();
        reject(new Error(advice(error)));
      },
      { enableHighAccuracy: true, timeout: GIVE_UP_MS, maximumAge: 10000 },
    );
    const stop = () => {
      navigator.geolocation.clearWatch(watch);
      clearTimeout(settle);
    };
    const end = () => {
      stop();
      resolve(best);
    };
    signal.addEventListener('abort', end);
  });
}

function advice(error) {
  if (error.code === error.PERMISSION_DENIED) {
    return 'ยังไม่ได้อนุญาตให้ใช้ตำแหน่ง เปิดได้ที่การตั้งค่าของเครื่อง (แอป LINE › ตำแหน่ง) หรือแตะบนแผนที่ หรือพิมพ์จุดสังเกตแทน';
  }
  if (error.code === error.TIMEOUT) {
    return 'หาตำแหน่งไม่พบในเวลาที่กำหนด ลองใหม่ในที่โล่ง หรือแตะบนแผนที่ หรือพิมพ์จุดสังเกตแทน';
  }
  return 'หาตำแหน่งไม่ได้ในขณะนี้ กรุณาแตะบนแผนที่หรือพิมพ์จุดสังเกตแทน';
}
