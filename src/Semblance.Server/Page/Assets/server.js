import { send } from './api.js';
import { element } from './element.js';
import { language, word } from './words.js';

const every = 2000;
const number = value => value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 2 : 0 });

// The server's live figures.
export function server(view, report) {
  const cards = element('dl', { class: 'cards' }), routes = element('tbody'), models = element('tbody');
  const table = (heads, body, label) => element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    element('table', { class: 'plain' }, element('thead', {}, element('tr', {}, ...heads.map(([name, isNumber]) => element('th', { scope: 'col', class: isNumber ? 'number' : null }, word(name))))), body));
  view.append(
    element('h2', {}, word('serverTitle')), element('p', { class: 'lead' }, word('serverLead')), cards,
    element('h3', {}, word('requests')), table([['route'], ['status'], ['count', true], ['mean', true]], routes, word('requests')),
    element('h3', {}, word('models')), table([['name'], ['kind'], ['parameters', true], ['compute_type'], ['memory']], models, word('models')));

  let before = null;
  async function show() {
    if (!view.isConnected || !view.contains(cards)) return;
    if (document.visibilityState === 'visible') {
      const metrics = parse(await (await send('metrics')).text()), now = performance.now();
      const sum = name => metrics.filter(metric => metric.name === name).reduce((total, metric) => total + metric.value, 0);
      const mean = name => sum(`${name}_sum`) / (sum(`${name}_count`) || 1);
      const tokens = sum('gen_ai_client_token_usage_sum'), requests = sum('gen_ai_server_request_duration_seconds_count');
      const rate = value => before ? `${number(Math.max(0, value) / ((now - before.now) / 1000))} ${word('rate')}` : '';
      const card = (name, value, more = '') => element('div', {}, element('dt', {}, word(name)), element('dd', {}, value), element('dd', { class: 'small' }, more));
      cards.replaceChildren(
        card('requests', number(requests), rate(requests - before?.requests)), card('tokens', number(tokens), rate(tokens - before?.tokens)),
        card('queue', number(sum('semblance_queue_tokens'))), card('refused', number(sum('semblance_requests_refused_total'))),
        card('batchTokens', number(mean('semblance_batch_tokens'))), card('duration', `${number(1000 * mean('gen_ai_server_request_duration_seconds'))} ms`));
      before = { now, requests, tokens };
      const durations = metrics.filter(metric => metric.labels.http_route && metric.name.endsWith('_seconds_count'));
      routes.replaceChildren(...durations.map(({ name, labels, value }) => {
        const total = metrics.find(other => other.name === name.replace(/_count$/, '_sum') && other.labels.http_route === labels.http_route && other.labels.http_response_status_code === labels.http_response_status_code);
        return row(labels.http_route, labels.http_response_status_code, [number(value)], [`${number(1000 * (total?.value ?? 0) / value)} ms`]);
      }));
    }
    setTimeout(() => show().catch(report), every);
  }

  async function list() {
    const [all, loaded] = await Promise.all(['api/tags', 'api/ps'].map(path => send(path).then(answer => answer.json())));
    const names = new Set(loaded.models.map(model => model.name));
    models.replaceChildren(...all.models.map(({ name, details }) =>
      row(name, details.family, [details.parameter_size], details.quantization_level, word(names.has(name) ? 'yes' : 'no'))));
  }
  const row = (...cells) => element('tr', {}, ...cells.map(cell => Array.isArray(cell) ? element('td', { class: 'number' }, cell[0]) : element('td', {}, cell ?? '')));
  show().catch(report);
  list().catch(report);
}

// The text format of Prometheus.
function parse(text) {
  return [...text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/gmi)].map(([, name, labels, value]) => ({
    name, value: Number(value), labels: Object.fromEntries([...(labels ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, label]) => [key, label])),
  }));
}
