// Asking the desk's addresses. Who is signed out, refused or cut off is told by one error each.
import { isSignedOut, post as postForm } from "../../../bannmae/frontend/session.js";

export class SignedOut extends Error {}
export class Unreached extends Error {}
// What the server says of a refused request; `data` is its JSON, {} where it sent none.
export class Refused extends Error {
  constructor(status, data) {
    super(data.error ?? WORDS[status] ?? "ระบบไม่ตอบตามปกติ โปรดลองอีกครั้ง");
    this.status = status;
    this.data = data;
  }
}

const WORDS = {
  403: "บัญชีนี้ไม่มีสิทธิ์ทำรายการนี้",
  404: "ท่านไม่เห็นแชตนี้แล้ว อาจถูกส่งต่อให้กอง/งานอื่น",
  413: "ไฟล์ใหญ่เกินไป",
};

export const UNREACHED = "เชื่อมต่อไม่ได้ ข้อความที่พิมพ์ยังอยู่ โปรดลองอีกครั้ง";

async function read(answer) {
  if (isSignedOut(answer)) throw new SignedOut();
  let data = {};
  try {
    data = await answer.json();
  } catch {
    if (answer.ok) throw new Refused(answer.status, {});
  }
  if (!answer.ok) throw new Refused(answer.status, data);
  return data;
}

async function reached(asking) {
  try {
    return await asking;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreached(UNREACHED);
  }
}

export async function get(url, options = {}) {
  const headers = { "X-Requested-With": "fetch" };
  return read(await reached(fetch(url, { ...options, headers })));
}

export async function getHtml(url) {
  const answer = await reached(fetch(url, { headers: { "X-Requested-With": "fetch" } }));
  if (isSignedOut(answer)) throw new SignedOut();
  if (!answer.ok) throw new Refused(answer.status, {});
  return answer.text();
}

// `fields`: an object, whose lists are sent as several values.
export async function post(url, fields = {}) {
  const root = document.getElementById("chat");
  const body = () => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", root.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) data.append(name, one);
    }
    return data;
  };
  return read(await reached(postForm(root, url, body)));
}
