import { send } from './api.js';
import { element } from './element.js';
import { word } from './words.js';

const deepest = 3; // levels of members

// The routes of the server with the members of their bodies and answers, from its OpenAPI document.
export function routes(view, report) {
  const filter = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: () => show() });
  const list = element('div');
  view.append(
    element('h2', {}, word('routesTitle')),
    element('p', { class: 'lead' }, word('routesLead'), ' ', element('a', { href: 'openapi/v1.json' }, word('documentation'))),
    element('label', { class: 'field' }, word('filter'), filter), list);
  let groups = new Map();

  function show() {
    const wanted = filter.value.trim().toLowerCase();
    list.replaceChildren(...[...groups].flatMap(([name, operations]) => {
      const found = operations.filter(({ text }) => text.includes(wanted));
      return found.length ? [element('h3', {}, name), ...found.map(({ panel }) => panel)] : [];
    }));
  }

  async function load() {
    const api = await (await send('openapi/v1.json')).json();
    groups = Map.groupBy(operations(api), ({ group }) => group);
    show();
  }
  load().catch(report);
}

function operations(api) {
  return Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).filter(([method]) => method !== 'head').map(([method, operation]) => {
    const title = `${method.toUpperCase()} ${path}`, summary = operation.summary ?? '';
    const parts = [['body', operation.requestBody], ['answer', operation.responses?.[200]]].flatMap(([name, place]) => {
      const members = membersOf(Object.values(place?.content ?? {})[0]?.schema, api);
      return members.length ? [element('h4', {}, word(name)), table(members)] : [];
    });
    const panel = parts.length
      ? element('details', { class: 'route' }, element('summary', {}, element('code', {}, title), ' ', summary), element('div', { class: 'code' }, ...parts))
      : element('p', { class: 'route' }, element('code', {}, title), ' ', summary);
    return { group: operation.tags?.[0] ?? '', text: `${title} ${summary} ${operation.tags ?? ''}`.toLowerCase(), panel };
  }));
}

const table = members => element('table', { class: 'plain' },
  element('thead', {}, element('tr', {}, ...['name', 'type'].map(name => element('th', { scope: 'col' }, word(name))))),
  element('tbody', {}, ...members.map(({ name, type }) => element('tr', {}, element('td', {}, element('code', {}, name)), element('td', {}, type)))));

const resolve = (schema, api) => schema?.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema;
const oneOf = schema => (schema?.oneOf ?? schema?.anyOf)?.find(part => part.type !== 'null') ?? schema;
const whole = (schema, api) => resolve(oneOf(resolve(schema, api)), api) ?? {};

// The members of an object, or of the elements of an array, and theirs.
function membersOf(schema, api, prefix = '', level = 1) {
  let object = whole(schema, api), name = prefix;
  for (; object.items; object = whole(object.items, api)) name += '[]';
  return Object.entries(object.properties ?? {}).flatMap(([member, own]) => {
    const path = name ? `${name}.${member}` : member;
    return [{ name: path, type: typeOf(own, api) }, ...level < deepest ? membersOf(own, api, path, level + 1) : []];
  });
}

function typeOf(schema, api) {
  const own = whole(schema, api), types = [own.type ?? (own.enum ? 'string' : 'any')].flat().filter(type => type !== 'null');
  const known = types.includes('integer') || types.includes('number') ? types.filter(type => type !== 'string') : types; // numbers may be written as strings
  return known.map(type => type === 'array' ? `${typeOf(own.items ?? {}, api)}[]` : own.enum ? own.enum.filter(value => value != null).join(' | ') : type).join(' | ');
}
