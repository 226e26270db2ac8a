import { contributions, embed, nearest, selectedModel, wordsOf } from './api.js';
import { codePanel, embeddings } from './code.js';
import { element, later, lines, linesField } from './element.js';
import { samples, word } from './words.js';

const shown = 10, explained = 5, most = 10000;
let kept = { text: samples, query: '', model: null, texts: [], vectors: null, dimension: 0 };

// Search as you type over texts that are encoded once.
export function search(view, report) {
  const { field, parts } = linesField(word('corpus'), word('open'), kept.text);
  const query = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  query.value = kept.query;
  const status = element('p', { class: 'status', role: 'status' }), hits = element('ol', { class: 'hits' });
  const encode = element('button', { type: 'button', class: 'main' }, word('encode'));
  const code = codePanel(() => embeddings(selectedModel(), [query.value || word('query')]));
  view.append(
    element('h2', {}, word('searchTitle')), element('p', { class: 'lead' }, word('searchLead')),
    element('div', { class: 'columns' },
      element('div', { class: 'panel' }, ...parts, ' ', encode),
      element('div', {}, element('label', { class: 'field' }, word('query'), query), status, hits)),
    code.panel);

  let running = new AbortController();
  async function encodeTexts() {
    running.abort();
    running = new AbortController();
    const texts = lines(field.value).slice(0, most);
    kept = { ...kept, text: field.value, vectors: null };
    if (!texts.length) { status.textContent = word('empty'); return; }
    const started = performance.now();
    encode.disabled = true;
    try {
      const { vectors, dimension } = await embed(texts, running.signal, (done, all) => { status.textContent = word('encoding', done, all); });
      kept = { ...kept, texts, vectors, dimension, model: selectedModel() };
      status.textContent = word('encoded', texts.length, ((performance.now() - started) / 1000).toFixed(1));
    } finally {
      encode.disabled = false;
    }
  }

  let asking = new AbortController();
  async function find() {
    asking.abort();
    asking = new AbortController();
    const signal = asking.signal, text = query.value.trim();
    kept.query = query.value;
    code.show();
    if (!text || kept.model !== selectedModel() || !kept.vectors) { hits.replaceChildren(); return; }
    const started = performance.now(), { texts, vectors, dimension } = kept;
    const asked = await embed([text], signal);
    const scores = nearest(asked.vectors, vectors, dimension, shown);
    status.textContent = word('found', texts.length, Math.round(performance.now() - started));
    const items = scores.map(([score, i]) => {
      const bar = element('i', { 'aria-hidden': 'true' });
      bar.style.width = `${Math.max(0, 100 * score)}%`;
      return element('li', {}, element('span', { class: 'score' }, score.toFixed(3), bar), element('span', {}, texts[i]));
    });
    hits.replaceChildren(...items);
    explain(text, scores.slice(0, explained).map(([, i]) => texts[i]), items, signal);
  }

  // Marks the words of the best texts that match words of the query.
  const explain = later(async (text, found, items, signal) => {
    if (signal.aborted) return;
    try {
      const [asked, ...others] = await wordsOf([text, ...found], signal);
      others.forEach((words, i) => items[i].lastChild.replaceChildren(...marked(found[i], words, contributions(words, asked))));
    } catch (problem) {
      report(problem);
    }
  }, 150);

  encode.addEventListener('click', () => encodeTexts().then(find).catch(report));
  query.addEventListener('input', () => find().catch(report));
  if (kept.model === selectedModel() && kept.vectors) find().catch(report);
  else encodeTexts().then(find).catch(report);
  query.focus();
}

// A text with its strong words marked.
export function marked(text, words, weights) {
  const bytes = new TextEncoder().encode(text), decoder = new TextDecoder(), parts = [];
  let end = 0;
  words.forEach((found, i) => {
    if (weights[i] < .35) return;
    parts.push(decoder.decode(bytes.slice(end, found.start)));
    const mark = element('mark', {}, decoder.decode(bytes.slice(found.start, found.stop)).replace(/^\s+/, space => { parts.push(space); return ''; }));
    mark.style.setProperty('--weight', (.7 * weights[i]).toFixed(2));
    parts.push(mark);
    end = found.stop;
  });
  return [...parts, decoder.decode(bytes.slice(end))];
}
