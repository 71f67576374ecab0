// What the server tells every page: LIFF ids, office, map. No personal data.
export const config = JSON.parse(document.getElementById('config').textContent);
