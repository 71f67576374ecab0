// Next and previous walk through the list as this window last showed it, else through the queue.

export function walk() {
  const page = document.querySelector(".pay-notice");
  if (!page) return;
  let queue = null;
  try {
    queue = JSON.parse(sessionStorage.getItem("pay-queue") ?? "null");
  } catch {
    sessionStorage.removeItem("pay-queue");
  }
  if (!queue) return;
  for (const back of document.querySelectorAll("[data-back]")) back.search = queue.search;
  page.dataset.list += queue.search;
  const at = queue.rows.findIndex((row) => row.pk === page.dataset.notice);
  if (at < 0) return;
  for (const [name, row] of [["next", queue.rows[at + 1]], ["previous", queue.rows[at - 1]]]) {
    if (!row) continue;
    page.dataset[name] = row.url;
    const link = document.querySelector(`[data-${name}].bm-button`);
    link.href = row.url;
    link.removeAttribute("aria-disabled");
  }
  const next = queue.rows[at + 1];
  for (const field of document.querySelectorAll("input[name=next]")) field.value = next?.pk ?? "";
}
