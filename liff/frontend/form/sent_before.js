// A case that was sent and whose answer never came: which case is it, and is it the same one?

import { call } from '../lib/api.js';
import { ask } from '../lib/ask.js';
import { whole } from '../lib/dom.js';

const REMEMBERED = 3;

// What she herself wrote, as text. The national ID is not in it: the phone keeps none, so that a
// reopened form differs from the sent one by the ID alone.
function ownWords(body) {
  const { photos, reporter, ...rest } = body;
  const { national_id: number, use_saved_id: saved, ...person } = reporter;
  return JSON.stringify({ ...rest, reporter: person });
}

// Notes in the draft that `body` is on its way; returns how to take the note back.
export function markSent(draft, body) {
  const before = draft.data.unanswered || [];
  const words = ownWords(body);
  const same = before.some((one) => one.words === words);
  const mark = { words, subject: body.subject, photos: body.photos };
  draft.set('unanswered', same ? before : [...before, mark].slice(-REMEMBERED));
  return () => draft.set('unanswered', before);
}

function changedSince(before, body) {
  if (!before.length) return false;
  const words = ownWords(body);
  // A photo that expired meanwhile was not taken away by her; one more was added by her.
  return !before.some(
    (one) => one.words === words && body.photos.every((id) => one.photos.includes(id)),
  );
}

// After a 409. Resolves to {answer, filed}: 'track', 'another' (an empty form), 'changed' (send
// what she changed as a case of its own; asked only when she did change something) or null.
export async function askSentBefore(draft, body) {
  const before = draft.data.unanswered || [];
  const filed = await alreadyFiled([body.subject, ...before.map(({ subject }) => subject)]);
  const number = filed && [' ', whole(`เลขที่ ${filed.number}`)];
  const answer = await ask(
    changedSince(before, body)
      ? {
          title: 'เรื่องนี้ส่งถึงเทศบาลแล้ว',
          text: [
            'ครั้งก่อนส่งถึงแล้ว',
            number && [' เป็นเรื่อง', number],
            ' แต่ท่านแก้ไขข้อมูลหลังจากนั้น ต้องการส่งข้อมูลที่แก้ไขเป็นเรื่องใหม่หรือไม่',
          ],
          buttons: [
            { label: 'ไม่ส่งซ้ำ ดูสถานะเรื่องเดิม', value: 'track' },
            { label: 'ส่งเป็นเรื่องใหม่', value: 'changed', kind: 'button-quiet' },
          ],
        }
      : {
          title: 'เรื่องนี้ส่งถึงแล้ว',
          text: ['เทศบาลได้รับเรื่องของท่านแล้ว', number],
          buttons: [
            { label: 'ดูเรื่อง', value: 'track' },
            { label: 'แจ้งอีกเรื่องหนึ่ง', value: 'another', kind: 'button-quiet' },
          ],
        },
  );
  return { answer, filed };
}

// Her newest case of one of these subjects, or null.
async function alreadyFiled(subjects) {
  try {
    const { body } = await call('/api/v1/complaints');
    const cases = Array.isArray(body) ? body : body.results;
    return cases.find((one) => subjects.includes(one.subject)) || null;
  } catch (error) {
    return null;
  }
}
