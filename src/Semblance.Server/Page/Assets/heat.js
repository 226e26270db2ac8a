import { dot, embed, selectedModel } from './api.js';
import { codePanel, embeddings } from './code.js';
import { element, lines, linesField } from './element.js';
import { samples, word } from './words.js';

const most = 60;
let kept = samples.split('\n').filter((_, i) => i % 15 < 6).join('\n');

// The similarity of every pair of a list, as a table.
export function heat(view, report) {
  const { field, parts } = linesField(word('list'), word('open'), kept);
  const table = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': word('heatTitle') }), status = element('p', { class: 'status', role: 'status' });
  const compute = element('button', { type: 'button', class: 'main', onclick: () => show().catch(report) }, word('compute'));
  const code = codePanel(() => embeddings(selectedModel(), lines(kept).slice(0, 3)));
  view.append(
    element('h2', {}, word('heatTitle')), element('p', { class: 'lead' }, word('heatLead')),
    element('div', { class: 'columns' }, element('div', { class: 'panel' }, ...parts, ' ', compute), element('div', {}, status, table)), code.panel);

  async function show() {
    kept = field.value;
    code.show();
    const texts = lines(kept).slice(0, most);
    if (!texts.length) { status.textContent = word('empty'); table.replaceChildren(); return; }
    const { vectors, dimension } = await embed(texts);
    status.textContent = '';
    table.replaceChildren(element('table', { class: 'heat' },
      element('thead', {}, element('tr', {}, element('td', {}), ...texts.map((text, j) => element('th', { scope: 'col', title: text }, `${j + 1}`)))),
      element('tbody', {}, ...texts.map((text, i) => element('tr', {}, element('th', { scope: 'row', title: text }, `${i + 1} ${text}`), ...texts.map((_, j) => {
        const score = dot(vectors, i, vectors, j, dimension), cell = element('td', { class: score > .6 ? 'strong' : null }, score.toFixed(2));
        cell.style.setProperty('--weight', score > .6 ? Math.min(1, .55 + score / 2).toFixed(2) : Math.max(0, .45 * score).toFixed(2));
        return cell;
      }))))));
  }
  show().catch(report);
}
