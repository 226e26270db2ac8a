import { selectedModel, send } from './api.js';
import { codePanel, mapRequest } from './code.js';
import { element, lines, linesField } from './element.js';
import { samples, word } from './words.js';

const colors = 7;
const shapes = ['M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z', 'M0 -1.3L1.2 .8H-1.2Z', 'M-.9 -.9H.9V.9H-.9Z', 'M0 -1.3L1.1 0L0 1.3L-1.1 0Z'];
let kept = { text: samples, groups: 6, map: null, texts: [] };

// Texts as points of a plane.
export function map(view, report) {
  const { field, parts } = linesField(word('corpus'), word('open'), kept.text);
  const groups = element('input', { type: 'number', min: 1, max: 28 }), find = element('input', { type: 'search' });
  groups.value = kept.groups;
  const status = element('p', { class: 'status', role: 'status' }), legend = element('ul', { class: 'legend' }), tip = element('div', { class: 'tip', hidden: true });
  const canvas = element('canvas', { tabindex: 0, role: 'img', 'aria-label': word('mapTitle') }), context = canvas.getContext('2d');
  const draw = element('button', { type: 'button', class: 'main', onclick: () => compute().catch(report) }, word('draw'));
  const code = codePanel(() => mapRequest(selectedModel(), lines(kept.text).slice(0, 3), kept.groups));
  view.append(
    element('h2', {}, word('mapTitle')), element('p', { class: 'lead' }, word('mapLead')),
    element('div', { class: 'columns' },
      element('div', { class: 'panel' }, ...parts, element('label', { class: 'field apart' }, word('groups'), groups), draw),
      element('div', {}, element('label', { class: 'field' }, word('find'), find), element('div', { class: 'map' }, canvas, tip), legend, status)),
    code.panel);

  let middle = [0, 0], scale = 1, shown = [];
  const style = () => getComputedStyle(document.documentElement), outlines = shapes.map(shape => new Path2D(shape));
  const place = i => [(kept.map.points[i][0] - middle[0]) * scale + canvas.clientWidth / 2, canvas.clientHeight / 2 - (kept.map.points[i][1] - middle[1]) * scale];

  async function compute() {
    kept = { ...kept, text: field.value, groups: Math.max(1, Number(groups.value) || 1) };
    code.show();
    const texts = lines(kept.text);
    if (!texts.length) { status.textContent = word('empty'); return; }
    status.textContent = word('drawing');
    draw.disabled = true;
    try {
      const answer = await (await send('v1/map', { model: selectedModel(), texts, groups: kept.groups })).json();
      kept = { ...kept, map: answer, texts };
    } finally {
      draw.disabled = false;
      status.textContent = '';
    }
    show();
  }

  function show() {
    shown = kept.map.words.map(() => true);
    canvas.setAttribute('aria-label', word('mapOf', kept.texts.length));
    legend.replaceChildren(...kept.map.words.map((words, group) => {
      const mark = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      mark.setAttribute('viewBox', '-1.3 -1.3 2.6 2.6');
      mark.setAttribute('aria-hidden', 'true');
      path.setAttribute('d', shapes[Math.floor(group / colors) % shapes.length]);
      path.setAttribute('fill', `var(--c${group % colors})`);
      mark.append(path);
      const size = kept.map.groups.filter(other => other === group).length;
      const button = element('button', { type: 'button', 'aria-pressed': 'true', onclick: () => { shown[group] = !shown[group]; button.setAttribute('aria-pressed', shown[group]); paint(); } }, mark, `${words.join(', ') || '—'} · ${size}`);
      return element('li', {}, button);
    }));
    fit();
    paint();
  }

  function fit() {
    const [xs, ys] = [0, 1].map(axis => kept.map.points.map(point => point[axis]));
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    middle = [(left + right) / 2, (low + high) / 2];
    scale = .9 * Math.min(canvas.clientWidth / (right - left || 1), canvas.clientHeight / (high - low || 1));
  }

  function paint() {
    if (!kept.map) return;
    const ratio = devicePixelRatio || 1, radius = Math.max(2.5, Math.min(6, 110 / Math.sqrt(kept.texts.length))), wanted = find.value.trim().toLowerCase();
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    kept.texts.forEach((text, i) => {
      const group = kept.map.groups[i];
      if (!shown[group]) return;
      const [x, y] = place(i);
      context.globalAlpha = wanted && !text.toLowerCase().includes(wanted) ? .12 : .9;
      context.fillStyle = style().getPropertyValue(`--c${group % colors}`);
      context.setTransform(ratio * radius, 0, 0, ratio * radius, ratio * x, ratio * y);
      context.fill(outlines[Math.floor(group / colors) % outlines.length]);
    });
  }

  function point(x, y) {
    if (!kept.map) return;
    let best = -1, nearest = 200;
    kept.texts.forEach((_, i) => {
      if (!shown[kept.map.groups[i]]) return;
      const [px, py] = place(i), distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < nearest) [best, nearest] = [i, distance];
    });
    tip.hidden = best < 0;
    if (best < 0) return;
    const text = kept.texts[best];
    tip.textContent = text.length > 300 ? `${text.slice(0, 300)}…` : text;
    tip.style.left = `${Math.min(x + 14, Math.max(0, canvas.clientWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${Math.min(y + 14, Math.max(0, canvas.clientHeight - tip.offsetHeight - 8))}px`;
  }

  function zoom(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
    const dx = (x - canvas.clientWidth / 2) / scale, dy = (canvas.clientHeight / 2 - y) / scale;
    middle = [middle[0] + dx * (1 - 1 / factor), middle[1] + dy * (1 - 1 / factor)];
    scale *= factor;
    paint();
  }

  canvas.addEventListener('pointermove', event => {
    if (!event.buttons) return point(event.offsetX, event.offsetY);
    tip.hidden = true;
    middle = [middle[0] - event.movementX / scale, middle[1] + event.movementY / scale];
    paint();
  });
  canvas.addEventListener('pointerdown', event => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener('pointerleave', () => { tip.hidden = true; });
  canvas.addEventListener('dblclick', () => { if (kept.map) { fit(); paint(); } });
  canvas.addEventListener('wheel', event => { event.preventDefault(); zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY); }, { passive: false });
  canvas.addEventListener('keydown', event => {
    const step = { ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (step) { middle = [middle[0] + step[0] / scale, middle[1] + step[1] / scale]; paint(); }
    else if (event.key === '+' || event.key === '=') zoom(1.3);
    else if (event.key === '-') zoom(1 / 1.3);
    else if (event.key === '0' && kept.map) { fit(); paint(); }
    else return;
    event.preventDefault();
  });
  find.addEventListener('input', paint);
  new ResizeObserver(paint).observe(canvas);
  document.addEventListener('themechange', paint);
  if (kept.map) show();
  else compute().catch(report);
}
