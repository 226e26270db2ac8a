// Creates an element with its attributes, listeners (onclick …) and children.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child != null));
  return made;
}

export const lines = text => text.split(/\r?\n/).map(line => line.trim()).filter(line => line);

// Calls a function when its event has not come again for some time.
export function later(action, milliseconds) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

// A text field for lines, with a button that opens a file.
export function linesField(label, open, value) {
  const field = element('textarea', { rows: 12, spellcheck: 'false' });
  field.value = value;
  const file = element('input', { type: 'file', accept: '.txt,.tsv,.csv,.md,text/*', hidden: true, tabindex: -1, 'aria-label': open });
  file.addEventListener('change', async () => {
    field.value = await file.files[0].text();
    field.dispatchEvent(new Event('input'));
  });
  const button = element('button', { type: 'button', onclick: () => file.click() }, open);
  return { field, parts: [element('label', { class: 'field' }, label, field), button, file] };
}
