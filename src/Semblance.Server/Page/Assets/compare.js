import { contributions, dot, embed, matches, selectedModel, wordsOf } from './api.js';
import { codePanel, embeddings } from './code.js';
import { element, later } from './element.js';
import { word } from './words.js';

let kept = ['The cat sleeps on the sofa.', 'A kitten is napping on the couch.'];

// Two texts, their similarity, and the words that match.
export function compare(view, report) {
  const fields = kept.map(text => {
    const field = element('textarea', { rows: 4, spellcheck: 'false' });
    field.value = text;
    return field;
  });
  const figure = element('p', { class: 'figure', role: 'status' }, '…'), lists = [element('div', { class: 'tokens' }), element('div', { class: 'tokens' })];
  const code = codePanel(() => embeddings(selectedModel(), kept));
  view.append(
    element('h2', {}, word('compareTitle')), element('p', { class: 'lead' }, word('compareLead')),
    element('div', { class: 'pair' }, ...fields.map((field, i) => element('label', { class: 'field' }, word(i ? 'second' : 'first'), field))),
    element('p', { class: 'lead' }, word('similarity')), figure,
    element('div', { class: 'pair' }, ...lists.map((list, i) => element('section', { class: 'panel', 'aria-label': word('wordsOf', i + 1) }, element('h3', { class: 'first' }, word('wordsOf', i + 1)), list))),
    code.panel);

  let asking = new AbortController();
  async function show() {
    asking.abort();
    asking = new AbortController();
    kept = fields.map(field => field.value);
    code.show();
    if (kept.some(text => !text.trim())) { figure.textContent = '–'; lists.forEach(list => list.replaceChildren()); return; }
    const { vectors, dimension } = await embed(kept, asking.signal);
    figure.textContent = dot(vectors, 0, vectors, 1, dimension).toFixed(3);
    const words = await wordsOf(kept, asking.signal), table = matches(words[0], words[1]);
    const buttons = words.map((list, side) => list.map((found, i) => element('button', { type: 'button', 'aria-pressed': 'false', onclick: event => choose(side, i, event.currentTarget) }, found.text)));
    const weight = (side, i, j) => side ? table[j][i] : table[i][j];
    const paint = (side, weights) => buttons[side].forEach((button, i) => button.style.setProperty('--weight', (.75 * weights[i]).toFixed(2)));
    const best = side => contributions(words[side], words[1 - side]);
    function choose(side, i, button) {
      const isChosen = button.getAttribute('aria-pressed') === 'true';
      buttons.flat().forEach(other => { other.setAttribute('aria-pressed', 'false'); other.classList.remove('match'); });
      if (isChosen) { paint(0, best(0)); paint(1, best(1)); return; }
      button.setAttribute('aria-pressed', 'true');
      const weights = words[1 - side].map((_, j) => weight(side, i, j));
      paint(1 - side, weights);
      buttons[1 - side][weights.indexOf(Math.max(...weights))]?.classList.add('match');
    }
    lists.forEach((list, side) => list.replaceChildren(...buttons[side].flatMap(button => [button, ' '])));
    paint(0, best(0));
    paint(1, best(1));
  }
  const soon = later(() => show().catch(report), 200);
  fields.forEach(field => field.addEventListener('input', soon));
  show().catch(report);
}
