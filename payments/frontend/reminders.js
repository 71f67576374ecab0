// How far a run of reminders is: asked each two seconds while anything is on its way.

const SOON = 2000;
const LATER = 10000;
const bar = document.querySelector('#progress');

function show(found) {
  bar.querySelectorAll('[data-figure]').forEach((element) => {
    element.textContent = Number(found[element.dataset.figure]).toLocaleString('en-US');
  });
  const line = bar.querySelector('[role="progressbar"]');
  line.setAttribute('aria-valuenow', found.percent);
  line.firstElementChild.style.width = `${found.percent}%`;
}

async function ask() {
  try {
    const answer = await fetch(bar.dataset.url, {
      headers: { 'X-Requested-With': 'fetch' },
      cache: 'no-store',
    });
    if (answer.ok) {
      const found = await answer.json();
      show(found);
      // Other buttons stand on the page of another state.
      if (found.state !== bar.dataset.state) {
        window.location.reload();
        return;
      }
      if (found.state !== 'sending' && !found.queued) return;
    } else if (answer.status < 500) {
      return; // signed out
    }
  } catch (error) {
    // the next one may come through
  }
  setTimeout(ask, document.hidden ? LATER : SOON);
}

if (bar) setTimeout(ask, SOON);
