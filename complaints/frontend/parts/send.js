// Sends a form with its files and shows how far it is; refused, it stays as it was typed.

const keyOf = (form) => `draft:${form.dataset.draft}`;

function draftOf(form) {
  const draft = {};
  for (const field of form.elements) {
    if (field.matches("textarea, input[type=text]") && field.value) draft[field.name] = field.value;
  }
  return draft;
}

function drafts(form) {
  if (!form.dataset.draft) return;
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "{}");
    for (const [name, value] of Object.entries(kept)) {
      const field = form.elements[name];
      if (field && !field.value) field.value = value;
    }
  } catch {
    sessionStorage.removeItem(keyOf(form));
  }
  form.addEventListener("input", () => {
    sessionStorage.setItem(keyOf(form), JSON.stringify(draftOf(form)));
  });
  form.querySelector("[data-cancel]")?.addEventListener("click", () => {
    sessionStorage.removeItem(keyOf(form));
  });
}

// What was typed for a move that is not possible any more is shown, to be copied.
function kept() {
  const place = document.querySelector(".bm-kept");
  const page = document.querySelector(".bm-case");
  if (!place || !page || document.querySelector("form[data-draft]")) return;
  const key = `draft:${page.dataset.case}`;
  const draft = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  const words = [draft.note, draft.internal_note].filter(Boolean);
  if (!words.length) return;
  place.querySelector("p").textContent = words.join("\n\n");
  place.hidden = false;
  sessionStorage.removeItem(key);
}

function clear(form) {
  for (const old of form.querySelectorAll(".bm-error")) old.remove();
  for (const old of form.querySelectorAll(".bm-wrong")) old.classList.remove("bm-wrong");
}

function tell(form, errors, overtaken) {
  clear(form);
  const box = form.parentElement.querySelector(".bm-errors");
  const list = document.createElement("ul");
  for (const [name, messages] of Object.entries(errors)) {
    const place = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    for (const message of messages) {
      const item = document.createElement("li");
      const label = place?.querySelector("label")?.firstChild?.textContent?.trim();
      item.textContent = label ? `${label}: ${message}` : message;
      list.append(item);
      if (place) {
        const error = document.createElement("p");
        error.className = "bm-error";
        error.textContent = message;
        place.classList.add("bm-wrong");
        place.append(error);
      }
    }
  }
  const title = document.createElement("strong");
  title.textContent = overtaken
    ? "ยังไม่ได้บันทึก: มีผู้ดำเนินการเรื่องนี้ไปก่อนท่าน"
    : "ยังไม่ได้บันทึก โปรดตรวจสอบ";
  box.replaceChildren(title, list);
  if (overtaken) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "bm-button";
    again.textContent = "ดูสถานะล่าสุด (ข้อความที่พิมพ์ไว้ยังอยู่)";
    again.addEventListener("click", () => location.reload());
    box.append(again);
  }
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
  (form.querySelector(".bm-wrong input, .bm-wrong textarea, .bm-wrong select") ?? box).focus({
    preventScroll: true,
  });
}

function send(form) {
  const button = form.querySelector("button:not([type=button])");
  const bar = form.querySelector("progress");
  const request = new XMLHttpRequest();
  const rest = () => {
    button.disabled = false;
    bar.hidden = true;
  };
  const failed = (message) => {
    rest();
    tell(form, { "": [message] }, false);
  };
  button.disabled = true;
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "fetch");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable || event.total < 200000) return;
    bar.hidden = false;
    bar.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("load", () => {
    let answer;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      failed(
        request.status === 413
          ? "ไฟล์ใหญ่เกินไป"
          : "ระบบไม่ตอบตามปกติ ข้อความที่พิมพ์ยังอยู่ โปรดลองอีกครั้ง หรือเข้าสู่ระบบใหม่ในแท็บอื่น",
      );
      return;
    }
    if (answer.url) {
      if (form.dataset.draft) sessionStorage.removeItem(keyOf(form));
      location.href = answer.url;
      return;
    }
    rest();
    for (const [name, value] of Object.entries(answer.values ?? {})) {
      form.elements[name].value = value;
    }
    tell(form, answer.errors, answer.overtaken);
  });
  request.addEventListener("error", () => failed("เชื่อมต่อไม่ได้ ข้อความที่พิมพ์ยังอยู่ โปรดลองอีกครั้ง"));
  request.send(new FormData(form));
}

// The names of the picked files, and pictures of them; the browser's own words are not Thai.
function picks(form) {
  form.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const place = event.target.closest("[data-field]").querySelector(".bm-picked");
    place.replaceChildren();
    for (const file of event.target.files) {
      const item = document.createElement("span");
      if (/^image\/(jpeg|png|webp)$/.test(file.type)) {
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        image.addEventListener("load", () => URL.revokeObjectURL(image.src));
        item.append(image);
      } else item.textContent = file.name;
      place.append(item);
    }
  });
}

export function sendForms() {
  for (const form of document.querySelectorAll("form[data-send]")) {
    drafts(form);
    picks(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
  kept();
}
