// Ten minutes as curves, from /status' history.

import { $, element, redraw, text } from './document.js';
import { count, duration, known, millis, perSecond } from './words.js';

const TEN_MINUTES = 600;
const SVG = 'http://www.w3.org/2000/svg';

const unbroken = words => words.replaceAll(' ', '\u00a0');

// Name, where in the history, how it is written, what it is at this moment if that is known apart, and notes.
const CHARTS = [
  ['Rate', 'perSecond', perSecond, null, s => [s.kind === 'consumer' ? 'applied' : 'confirmed']],
  ['Lag', 'lagSeconds', duration, s => s.lagSeconds, s => ['behind']],
  ['Latency', 'latencyMillis', millis, s => s.latency?.p99Millis, s => s.latency ? ['p99', 'p50 ' + millis(s.latency.p50Millis)].map(unbroken) : []],
  ['In flight', 'inFlight', count, s => s.inFlight?.messages, s => ['messages']],
];

export function drawCharts(s) {
  const history = s.history ?? {};
  redraw($('charts'), CHARTS.length, () => CHARTS.map(([name]) => {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 ' + TEN_MINUTES + ' 100');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    for (const part of ['base', 'area', 'curve']) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('class', part);
      svg.append(path);
    }
    svg.firstChild.setAttribute('d', 'M0 100H' + TEN_MINUTES);
    return element('div', { class: 'chart' }, element('h3', {}, name),
      element('p', { class: 'figure' }, element('span', {}), element('small', {})), svg,
      element('p', { class: 'ends' }, element('span', {}), element('span', {})));
  }));
  CHARTS.forEach(([name, key, format, live, notes], i) => {
    const [, figure, svg, ends] = $('charts').children[i].children;
    const values = history[key] ?? [];
    const now = live ? live(s) : values.at(-1);
    const numbers = [...values, now].filter(known);
    const peak = Math.max(0, ...numbers);
    text(figure.children[0], format(now));
    text(figure.children[1], notes(s).join(', '));
    text(ends.children[0], values.length > 1 ? '−' + duration(values.length * (history.everySeconds ?? 2)) : '');
    text(ends.children[1], numbers.length > 0 ? 'peak ' + format(peak) : 'no figures yet');
    svg.setAttribute('aria-label', numbers.length > 0
      ? name + ' over the last ten minutes: now ' + format(now) + ', at the most ' + format(peak)
      : name + ': no figures yet');
    drawCurve(svg, values, peak, history.everySeconds ?? 2);
  });
}

/** From the oldest on the left to the newest at the right end; gaps where nothing is known. */
function drawCurve(svg, values, peak, every) {
  const left = TEN_MINUTES - (values.length - 1) * every;
  const pieces = [];
  let piece = null;
  values.forEach((value, i) => {
    if (!known(value)) {
      piece = null;
      return;
    }
    if (!piece) pieces.push(piece = []);
    // A line of its own width must fit above the highest point.
    piece.push((left + i * every) + ' ' + (peak > 0 ? 100 - 97 * value / peak : 100).toFixed(1));
  });
  const x = point => point.split(' ')[0];
  svg.querySelector('.curve').setAttribute('d', pieces.map(p => 'M' + p.join('L')).join(''));
  svg.querySelector('.area').setAttribute('d', pieces.filter(p => p.length > 1)
    .map(p => 'M' + x(p[0]) + ' 100L' + p.join('L') + 'L' + x(p[p.length - 1]) + ' 100Z').join(''));
}
