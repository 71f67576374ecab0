// The form's values as the API takes them.

import { arabicDigits } from '../lib/thai.js';
import { incidentAt } from './rules.js';

const PLACES = 6; // decimals of a degree that are kept

export function requestBody(values, { category, position, photoIds }) {
  const body = {
    category: category.slug,
    subject: values.subject.trim(),
    details: values.details.trim(),
    hide_name: Boolean(values.hide_name),
    reporter: reporter(values, category),
    photos: photoIds,
    notice_acknowledged: Boolean(values.notice),
  };
  if (category.kind !== 'request') body.incident_at = incidentAt(values);
  if (values.place.trim()) body.place = values.place.trim();
  const village = arabicDigits(String(values.village || '')).trim();
  if (village) body.village = Number(village);
  if (position && category.location !== 'off') {
    body.latitude = Number(position.latitude.toFixed(PLACES));
    body.longitude = Number(position.longitude.toFixed(PLACES));
    if (position.accuracy) body.accuracy_m = Math.max(1, Math.round(position.accuracy));
  }
  return body;
}

function reporter(values, category) {
  const person = { full_name: values.full_name.trim(), phone: values.phone.trim() };
  if (values.email.trim()) person.email = values.email.trim();
  if (values.wants_letter && values.address.trim()) person.address = values.address.trim();
  if (category.national_id !== 'off') {
    if (values.id_choice === 'saved') person.use_saved_id = true;
    else if (values.id_choice === 'new' && values.national_id.trim()) {
      person.national_id = values.national_id.trim();
    }
  }
  return person;
}
