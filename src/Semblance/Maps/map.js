const { points, groups, texts, names } = JSON.parse(document.getElementById('data').textContent);
const canvas = document.querySelector('canvas'), tip = document.getElementById('tip'), find = document.querySelector('input'), count = document.getElementById('count');
const context = canvas.getContext('2d'), shown = names.map(() => true), style = getComputedStyle(document.documentElement);
const lower = texts.map(text => text.toLowerCase());
let middle = [0, 0], scale = 1, found = null;
// Okabe and Ito's colors, which the color-blind can tell apart too; more groups have other shapes.
const colors = 7, shapes = ['M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z', 'M0 -1.3L1.2 .8H-1.2Z', 'M-.9 -.9H.9V.9H-.9Z', 'M0 -1.3L1.1 0L0 1.3L-1.1 0Z', 'M0 1.3L1.2 -.8H-1.2Z', 'M-.4 -1.2H.4V-.4H1.2V.4H.4V1.2H-.4V.4H-1.2V-.4H-.4Z'];
const color = group => style.getPropertyValue(`--c${group % colors}`), shape = group => shapes[Math.floor(group / colors) % shapes.length];
const outlines = names.map((_, group) => new Path2D(shape(group)));
const place = i => [(points[2 * i] - middle[0]) * scale + canvas.clientWidth / 2, canvas.clientHeight / 2 - (points[2 * i + 1] - middle[1]) * scale];
const visible = i => shown[groups[i]] && (!found || found[i]);
function fit() {
  let low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  points.forEach((value, i) => { low[i % 2] = Math.min(low[i % 2], value); high[i % 2] = Math.max(high[i % 2], value); });
  if (!points.length) return;
  middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  scale = 0.92 * Math.min(canvas.clientWidth / (high[0] - low[0] || 1), canvas.clientHeight / (high[1] - low[1] || 1));
}
function draw() {
  const ratio = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio; canvas.height = canvas.clientHeight * ratio;
  const radius = Math.max(2, Math.min(4.5, 90 / Math.sqrt(texts.length)));
  for (const bright of [false, true]) for (let i = 0; i < texts.length; i++) if (visible(i) === bright && shown[groups[i]]) {
    const [x, y] = place(i);
    context.globalAlpha = bright ? 0.8 : 0.1; context.fillStyle = color(groups[i]);
    context.setTransform(ratio * radius, 0, 0, ratio * radius, ratio * x, ratio * y); context.fill(outlines[groups[i]]);
  }
  let seen = 0;
  for (let i = 0; i < texts.length; i++) seen += visible(i);
  count.textContent = seen === texts.length ? `${seen.toLocaleString()} texts` : `${seen.toLocaleString()} of ${texts.length.toLocaleString()} texts`;
}
function hover(event) {
  const [x, y] = [event.offsetX, event.offsetY];
  let best = -1, nearest = 144;
  for (let i = 0; i < texts.length; i++) if (visible(i)) {
    const [px, py] = place(i), distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance < nearest) [best, nearest] = [i, distance];
  }
  tip.hidden = best < 0;
  if (best < 0) return;
  tip.children[0].textContent = texts[best].length > 600 ? `${texts[best].slice(0, 600)}…` : texts[best];
  tip.children[1].textContent = names[groups[best]];
  tip.style.left = `${Math.min(x + 14, Math.max(0, canvas.clientWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.min(y + 14, Math.max(0, canvas.clientHeight - tip.offsetHeight - 8))}px`;
}
function zoom(factor, x, y) {
  const dx = (x - canvas.clientWidth / 2) / scale, dy = (canvas.clientHeight / 2 - y) / scale;
  middle = [middle[0] + dx * (1 - 1 / factor), middle[1] + dy * (1 - 1 / factor)]; scale *= factor; draw();
}
const fingers = new Map();
let moved = 0;
canvas.addEventListener('pointermove', event => {
  if (!event.buttons) return hover(event);
  const before = fingers.get(event.pointerId), now = [event.offsetX, event.offsetY];
  if (!before) return;
  const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
  tip.hidden = true; middle[0] -= (now[0] - before[0]) / scale; middle[1] += (now[1] - before[1]) / scale;
  fingers.set(event.pointerId, now);
  if (other) zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) / (Math.hypot(before[0] - other[0], before[1] - other[1]) || 1), ...other);
  else draw();
});
canvas.addEventListener('pointerdown', event => { canvas.setPointerCapture(event.pointerId); fingers.set(event.pointerId, [event.offsetX, event.offsetY]); moved = 0; });
canvas.addEventListener('pointerup', event => { fingers.delete(event.pointerId); if (moved < 6) hover(event); });
canvas.addEventListener('pointercancel', event => fingers.delete(event.pointerId));
canvas.addEventListener('pointerleave', event => { if (event.pointerType === 'mouse') tip.hidden = true; });
canvas.addEventListener('dblclick', () => { fit(); draw(); });
canvas.addEventListener('wheel', event => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });
find.addEventListener('input', () => { const word = find.value.trim().toLowerCase(); found = word ? lower.map(text => text.includes(word)) : null; draw(); });
names.forEach((name, group) => {
  const size = groups.reduce((sum, other) => sum + (other === group), 0), button = document.createElement('button');
  button.innerHTML = `<svg viewBox="-1.3 -1.3 2.6 2.6" aria-hidden="true"><path d="${shape(group)}" fill="var(--c${group % colors})"/></svg><span></span><small></small>`;
  button.children[1].textContent = name || '—'; button.children[2].textContent = size;
  button.setAttribute('aria-pressed', true);
  button.onclick = () => { shown[group] = !shown[group]; button.setAttribute('aria-pressed', shown[group]); draw(); };
  document.getElementById('legend').append(button);
});
addEventListener('resize', draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
fit(); draw();
