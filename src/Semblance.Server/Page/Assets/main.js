import { saveKey, selectedModel, selectModel, send } from './api.js';
import { compare } from './compare.js';
import { element } from './element.js';
import { heat } from './heat.js';
import { map } from './map.js';
import { routes } from './routes.js';
import { search } from './search.js';
import { server } from './server.js';
import { language, setLanguage, word } from './words.js';

const views = { search, compare, heat, map, routes, server };
const withoutModel = ['routes', 'server'];
const [view, tabs, model, problem, key] = ['view', 'tabs', 'model', 'problem', 'key'].map(id => document.getElementById(id));
const current = () => Object.hasOwn(views, location.hash.slice(1)) ? location.hash.slice(1) : 'search';

function report(fault) {
  if (fault.name === 'AbortError') return;
  problem.textContent = fault.message;
  problem.hidden = false;
  clearTimeout(report.timer);
  report.timer = setTimeout(() => { problem.hidden = true; }, 6000);
  if (fault.status === 401) key.hidden = false;
}

function show() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = `${word(current())} · Semblance`;
  document.querySelectorAll('[data-text]').forEach(part => { part.textContent = word(part.dataset.text); });
  document.querySelectorAll('[data-label]').forEach(part => part.setAttribute('aria-label', word(part.dataset.label)));
  tabs.replaceChildren(...Object.keys(views).map(name => element('li', {}, element('a', { href: `#${name}`, 'aria-current': name === current() ? 'page' : null }, word(name)))));
  const switcher = document.getElementById('language');
  switcher.textContent = word('language');
  switcher.lang = word('languageCode');
  document.getElementById('theme').textContent = word(theme() === 'dark' ? 'light' : 'dark');
  view.replaceChildren();
  const part = element('div');
  view.append(part);
  if (!withoutModel.includes(current()) && !selectedModel()) part.append(element('p', { class: 'lead' }, word('vectors')));
  else views[current()](part, report);
}

const theme = () => document.documentElement.dataset.theme;
function setTheme(name) {
  document.documentElement.dataset.theme = name;
  document.dispatchEvent(new Event('themechange'));
}

async function begin() {
  try {
    const found = await (await send('api/tags')).json();
    const names = found.models.filter(item => item.capabilities.includes('embedding')).map(item => item.name);
    model.replaceChildren(...names.map(name => element('option', {}, name)));
    selectModel(names[0] ?? null);
  } catch (fault) {
    report(fault);
  }
  show();
}

setTheme(localStorage.getItem('semblance-theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
addEventListener('hashchange', () => { show(); view.focus(); });
model.addEventListener('change', () => { selectModel(model.value); show(); });
document.getElementById('language').addEventListener('click', () => { setLanguage(word('languageCode')); show(); });
document.getElementById('theme').addEventListener('click', () => {
  setTheme(theme() === 'dark' ? 'light' : 'dark');
  localStorage.setItem('semblance-theme', theme());
  document.getElementById('theme').textContent = word(theme() === 'dark' ? 'light' : 'dark');
});
key.addEventListener('submit', event => {
  event.preventDefault();
  saveKey(key.querySelector('input').value);
  key.hidden = true;
  begin();
});
begin();
