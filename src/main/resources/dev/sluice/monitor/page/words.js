// Numbers and times as people read them. What is not known is a dash.

export const NONE = '—';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const dayAndClock = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

export const known = value => typeof value === 'number' && Number.isFinite(value);
export const count = value => !known(value) ? NONE : (value < 1e7 ? whole : short).format(value);
export const perSecond = value => !known(value) ? NONE : (value < 10 ? tenth : value < 1e5 ? whole : short).format(value) + ' /s';

export function bytes(value) {
  if (!known(value)) return NONE;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return (value < 100 && unit > 0 ? tenth : whole).format(value) + ' ' + units[unit];
}

export function duration(seconds) {
  if (!known(seconds)) return NONE;
  if (seconds < 9.95) return tenth.format(Math.max(0, seconds)) + ' s';
  const s = Math.round(seconds);
  const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = parts.findIndex(([size]) => s >= size);
  return parts.slice(first, first + 2)
    .map(([size, name], i) => [Math.floor(i === 0 ? s / size : s % parts[first][0] / size), name])
    .filter(([n]) => n > 0).map(([n, name]) => n + ' ' + name).join(' ');
}

export const millis = value => !known(value) ? NONE
  : value >= 1000 ? duration(value / 1000) : (value < 100 ? tenth : whole).format(value) + ' ms';
export const spoken = name => name.charAt(0) + name.slice(1).toLowerCase().replaceAll('_', ' ');
export const sentence = words => words.charAt(0).toUpperCase() + words.slice(1);
export const titleOf = (state, name) => [state, name, 'Sluice'].filter(Boolean).join(' · ');

// The server's clock, since the times are the server's: this device's own may be minutes off.
let ahead = 0;
export const secondsSince = iso => (Date.now() + ahead - Date.parse(iso)) / 1000;

export function ago(iso) {
  const seconds = Math.floor(secondsSince(iso));
  return seconds < 1 ? 'just now' : duration(seconds) + ' ago';
}

/** The server has said what time it is, in whole seconds: the nearest is within one. */
export function hear(date) {
  if (known(date) && Math.abs(date - Date.now() - ahead) > 1500) ahead = date - Date.now();
}

export const time = () => clock.format(Date.now() + ahead);
export const fraction = value => tenth.format(value);

export function at(iso) {
  const time = new Date(iso);
  return Number.isNaN(time.valueOf()) ? NONE : (secondsSince(iso) < 43200 ? clock : dayAndClock).format(time);
}
