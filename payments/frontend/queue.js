// The queue: its order is remembered, so that the page of a notice walks through what is listed.
import "./styles/queue.css";

const rows = [...document.querySelectorAll("#result_list tr[data-pk]")];
sessionStorage.setItem(
  "pay-queue",
  JSON.stringify({
    search: location.search,
    rows: rows.map((row) => ({ pk: row.dataset.pk, url: row.dataset.url })),
  }),
);
if (location.hash === "#searchbar") document.getElementById("searchbar")?.select();
