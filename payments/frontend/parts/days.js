// The browser's date field may speak another calendar: the day as people here write it, beside it.

const THAI = new Intl.DateTimeFormat("th-TH-u-ca-buddhist", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

export function days() {
  for (const field of document.querySelectorAll(".bm-form input[type=date]")) {
    const place = document.createElement("span");
    place.className = "pay-day";
    field.closest("[data-field]")?.querySelector("label")?.append(place);
    const tell = () => {
      const day = field.valueAsDate;
      place.textContent = day ? THAI.format(day) : "";
    };
    field.addEventListener("input", tell);
    tell();
  }
}
