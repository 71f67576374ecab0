// What a page does whose session or token is older than the server's: both change when somebody
// signs in again in another tab.

const COOKIE = /(?:^|; )csrftoken=([^;]+)/;
export const SIGNED_OUT = "ท่านออกจากระบบแล้ว (หมดเวลา) ข้อความที่พิมพ์ยังอยู่ในหน้านี้ เข้าสู่ระบบแล้วกลับมากดอีกครั้ง";

// Gives a form the token that the server compares with now; it is never sent to another site.
export function freshen(form) {
  const field = form.querySelector("input[name=csrfmiddlewaretoken]");
  const token = COOKIE.exec(document.cookie)?.[1];
  // A field named "action" would hide the property.
  const to = new URL(form.getAttribute("action") ?? "", location.href);
  if (field && token && to.origin === location.origin) field.value = token;
}

// The server leads away only those who are not signed in.
export const isSignedOut = (answer) => answer.redirected;

export function signInLink() {
  const link = document.createElement("a");
  link.href = `/admin/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.target = "_blank";
  link.className = "bm-button";
  link.textContent = "เข้าสู่ระบบในแท็บใหม่";
  return link;
}

export function signedOut() {
  const place = document.createElement("div");
  place.className = "bm-warning bm-signed-out";
  place.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = SIGNED_OUT;
  place.append(words, signInLink());
  return place;
}

// Posts what `fields(form)` picks; a token that was refused is renewed once by asking for the page.
export async function post(form, url, fields) {
  const ask = () => {
    freshen(form);
    return fetch(url, {
      method: "POST",
      body: fields(form),
      headers: { "X-Requested-With": "fetch" },
    });
  };
  const answer = await ask();
  if (answer.status !== 403) return answer;
  const page = await fetch(location.href);
  return isSignedOut(page) ? page : ask();
}
