import { word } from './words.js';

// Requests to the server that served the page.
let model = null;
export const selectModel = name => { model = name; };
export const selectedModel = () => model;
export const saveKey = key => sessionStorage.setItem('semblance-key', key);

export class ServerProblem extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function send(path, body, signal) {
  const key = sessionStorage.getItem('semblance-key');
  let answer;
  try {
    answer = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(key ? { Authorization: `Bearer ${key}` } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (problem) {
    if (problem.name === 'AbortError') throw problem;
    throw new ServerProblem(word('unreachable'), 0);
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new ServerProblem(answer.status === 401 ? word('wrongKey') : said.error?.message ?? said.error ?? `${answer.status}`, answer.status);
}

// The vectors of texts, of length 1, one after another.
export async function embed(texts, signal, progress) {
  const batch = 512, parts = [];
  let dimension = 0;
  for (let first = 0; first < texts.length; first += batch) {
    progress?.(first, texts.length);
    const answer = await (await send('v1/embeddings', { model, input: texts.slice(first, first + batch), encoding_format: 'base64' }, signal)).json();
    for (const { embedding } of answer.data) {
      const bytes = Uint8Array.from(atob(embedding), letter => letter.charCodeAt(0));
      parts.push(new Float32Array(bytes.buffer));
      dimension = parts[0].length;
    }
  }
  const vectors = new Float32Array(texts.length * dimension);
  parts.forEach((part, i) => vectors.set(part, i * dimension));
  return { vectors, dimension };
}

export function dot(a, i, b, j, dimension) {
  let sum = 0;
  for (let k = 0, x = i * dimension, y = j * dimension; k < dimension; k++) sum += a[x + k] * b[y + k];
  return sum;
}

// The scores and indices of the vectors that are most similar to a query, best first. The few best are kept in order: sorting all of them would
// take several times as long as comparing them.
export function nearest(query, vectors, dimension, count) {
  const best = [];
  for (let i = 0; i * dimension < vectors.length; i++) {
    const score = dot(vectors, i, query, 0, dimension);
    if (best.length === count && score <= best[count - 1][0]) continue;
    let place = best.length;
    while (place > 0 && best[place - 1][0] < score) place--;
    best.splice(place, 0, [score, i]);
    best.length = Math.min(best.length, count);
  }
  return best;
}

// The words of texts with their vectors: the sum of those of its tokens, and that sum at length 1.
export async function wordsOf(texts, signal) {
  const [tokens, vectors] = await Promise.all([
    send('tokenize', { inputs: texts, model }, signal).then(answer => answer.json()),
    send('embed_all', { inputs: texts, model, normalize: false }, signal).then(answer => answer.json()),
  ]);
  return texts.map((text, i) => {
    const bytes = new TextEncoder().encode(text), decoder = new TextDecoder(), found = [];
    tokens[i].slice(0, vectors[i].length).forEach((token, j) => {
      if (token.special || token.start == null || token.stop <= token.start) return;
      const part = decoder.decode(bytes.slice(token.start, token.stop)), last = found.at(-1);
      if (!part.trim()) return;
      if (last && last.stop === token.start && /[\p{L}\p{N}]$/u.test(last.text) && /^[\p{L}\p{N}]/u.test(part) && !/\p{Script=Han}/u.test(part + last.text)) {
        last.text += part;
        last.stop = token.stop;
        last.vectors.push(vectors[i][j]);
      } else {
        found.push({ text: part, start: token.start, stop: token.stop, vectors: [vectors[i][j]] });
      }
    });
    return found.map(({ text, start, stop, vectors }) => {
      const sum = total(vectors), length = Math.hypot(...sum) || 1;
      return { text, start, stop, sum, vector: sum.map(value => value / length), isWord: /[\p{L}\p{N}]/u.test(text) };
    });
  });
}

const total = vectors => vectors[0].map((_, k) => vectors.reduce((sum, vector) => sum + vector[k], 0));
const product = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

// How much each word of a text contributes to its similarity with another, from 0 for the mean to 1 for the most. With mean pooling the
// similarity is the sum of these parts.
export function contributions(words, others) {
  if (!words.length || !others.length) return words.map(() => 0);
  const other = total(others.map(word => word.sum)), parts = words.map(word => product(word.sum, other));
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length, most = Math.max(...parts.filter((_, i) => words[i].isWord), mean);
  return parts.map((part, i) => words[i].isWord && part > mean ? (part - mean) / (most - mean || 1) : 0);
}

// How strongly each word of one text matches a word of the other, from 0 to 1, above what is usual for the two texts.
export function matches(a, b) {
  const table = a.map(x => b.map(y => product(x.vector, y.vector)));
  const all = table.flat(), usual = all.reduce((sum, value) => sum + value, 0) / (all.length || 1), largest = Math.max(...all, usual + 1e-6);
  return table.map(row => row.map(value => Math.max(0, (value - usual) / (largest - usual))));
}
