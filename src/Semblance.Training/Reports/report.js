for (const plot of document.querySelectorAll('svg.plot')) {
  const steps = plot.dataset.steps.split(','), values = plot.dataset.values.split(',');
  const places = plot.querySelector('.line').getAttribute('d').slice(1).split('L').map(place => place.split(' ').map(Number));
  const cursor = plot.querySelector('.cursor'), readout = plot.querySelector('.readout');
  const hide = () => { cursor.style.display = 'none'; readout.textContent = ''; };
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('pointermove', event => {
    const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse()).x;
    let nearest = 0;
    for (let i = 1; i < places.length; i++) if (Math.abs(places[i][0] - x) < Math.abs(places[nearest][0] - x)) nearest = i;
    const [px, py] = places[nearest];
    cursor.style.display = 'inline';
    cursor.children[0].setAttribute('transform', `translate(${px} 0)`);
    cursor.children[1].setAttribute('transform', `translate(${px} ${py})`);
    readout.textContent = `step ${Number(steps[nearest]).toLocaleString('en')} · ${values[nearest]}`;
  });
}
