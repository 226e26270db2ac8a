const { points, groups, texts, names } = JSON.parse(document.getElementById('data').textContent);
const canvas = document.querySelector('canvas'), tip = document.getElementById('tip'), find = document.querySelector('input'), count = document.getElementById('count');
const context = canvas.getContext('2d'), shown = names.map(() => true), style = getComputedStyle(document.documentElement);
const lower = texts.map(text => text.toLowerCase());
let middle = [0, 0], scale = 1, found = null;
const color = group => `hsl(${(group * 137.508 + 210) % 360} 58% ${style.getPropertyValue('--light')})`;
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
  context.scale(ratio, ratio);
  const radius = Math.max(1.6, Math.min(4.5, 90 / Math.sqrt(texts.length)));
  for (const bright of [false, true]) for (let i = 0; i < texts.length; i++) if (visible(i) === bright && shown[groups[i]]) {
    const [x, y] = place(i);
    context.globalAlpha = bright ? 0.8 : 0.1; context.fillStyle = color(groups[i]);
    context.beginPath(); context.arc(x, y, radius, 0, 7); context.fill();
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
  tip.textContent = texts[best];
  tip.style.left = `${Math.min(x + 14, Math.max(0, canvas.clientWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.min(y + 14, Math.max(0, canvas.clientHeight - tip.offsetHeight - 8))}px`;
}
canvas.addEventListener('pointermove', event => {
  if (!event.buttons) return hover(event);
  tip.hidden = true; middle[0] -= event.movementX / scale; middle[1] += event.movementY / scale; draw();
});
canvas.addEventListener('pointerdown', event => canvas.setPointerCapture(event.pointerId));
canvas.addEventListener('pointerleave', () => tip.hidden = true);
canvas.addEventListener('dblclick', () => { fit(); draw(); });
canvas.addEventListener('wheel', event => {
  event.preventDefault();
  const factor = Math.exp(-event.deltaY / 400), dx = (event.offsetX - canvas.clientWidth / 2) / scale, dy = (canvas.clientHeight / 2 - event.offsetY) / scale;
  middle = [middle[0] + dx * (1 - 1 / factor), middle[1] + dy * (1 - 1 / factor)]; scale *= factor; draw();
}, { passive: false });
find.addEventListener('input', () => { const word = find.value.trim().toLowerCase(); found = word ? lower.map(text => text.includes(word)) : null; draw(); });
names.forEach((name, group) => {
  const size = groups.reduce((sum, other) => sum + (other === group), 0), button = document.createElement('button');
  button.innerHTML = '<i></i><span></span><small></small>';
  button.children[0].style.background = color(group); button.children[1].textContent = name || '—'; button.children[2].textContent = size;
  button.setAttribute('aria-pressed', true);
  button.onclick = () => { shown[group] = !shown[group]; button.setAttribute('aria-pressed', shown[group]); draw(); };
  document.getElementById('legend').append(button);
});
addEventListener('resize', draw);
fit(); draw();
