// DRF's answer to a refused request, flattened: {"reporter": {"phone": ["…"]}} → phone.

// `fieldOf`: which of the form's fields stands for a name of the API, where they differ.
export function errorsOfRefusal(body, fieldOf) {
  const errors = new Map();
  const walk = (name, value) => {
    if (typeof value === 'string') {
      const field = fieldOf[name] || name;
      if (!errors.has(field)) errors.set(field, value);
    } else if (Array.isArray(value)) {
      value.forEach((one) => walk(name, one));
    } else if (value && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        walk(/^\d+$/.test(key) || key === 'non_field_errors' ? name : key, inner);
      }
    }
  };
  walk('', body);
  errors.delete('code');
  return errors;
}
