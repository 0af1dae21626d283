// Draws what /status says. It is asked every second, one request at a time.

import { drawCharts } from './charts.js';
import { $, bar, breakable, element, redraw, table, text } from './document.js';
import { NONE, ago, at, bytes, count, duration, fraction, hear, known, perSecond, secondsSince, sentence, spoken, time, titleOf } from './words.js';

const EVERY = 1000;
// With a second between two questions, an answer that is missing shows within two seconds.
const PATIENCE = 900;
const SHOWN_WITHIN = 1900;
// A question that is this old is given up and asked again: its connection may be dead.
const GIVEN_UP = 5000;

const STATES = {
  STARTING: ['idle', 'Connects, claims its position and opens its stream.'],
  STANDBY: ['idle', 'Another instance runs the pipeline. This one waits to take over.'],
  STREAMING: ['good', 'Events flow, or would if there were any.'],
  BLOCKED: ['bad', 'RabbitMQ takes nothing because of an alarm of memory or disk. Changes wait in MongoDB’s oplog; they flow again when the alarm ends.'],
  THROTTLED: ['warn', 'RabbitMQ refuses messages because a queue is full. They go as it takes them.'],
  BACKING_OFF: ['warn', 'Something has failed. It tries again by itself, from the last position that was saved.'],
  DRAINING: ['idle', 'Takes nothing in any more and waits for the confirms that are due.'],
  FAILED: ['bad', 'Ended by a failure. It does not try again by itself.'],
  STOPPED: ['idle', 'Ended because it was told to.'],
};
// What to do about a failure, as docs/ENDINGS.md has it, where the sentence itself does not say it.
const REMEDIES = {
  TRANSIENT: 'It goes away by itself and is tried again. If it lasts: does the server run, and can it be reached from here?',
  UNROUTABLE: 'RabbitMQ has no queue for a message: see whether somebody has deleted the queue or its binding.',
  POSITION_LOST: 'Changes are lost for Sluice: docs/LOST_POSITION.md has what to do.',
  POISON_EVENT: 'One event cannot be published: docs/PARKING.md has what to do.',
  MISCONFIGURED: 'It does not go away by itself: mend it, and start Sluice again if it has ended.',
  TAKEN_OVER: 'Another instance has the pipeline; this one stands by.',
  BUG: 'It should be impossible: report it with the log.',
};
const FLOWING = ['STREAMING', 'THROTTLED', 'DRAINING'];

// ---- how much a second, of counts that only grow

const seen = new Map();
function rate(name, value) {
  if (!known(value)) return null;
  const now = performance.now();
  const points = (seen.get(name) ?? []).filter(([when, count]) => now - when < 4500 && count <= value);
  points.push([now, value]);
  seen.set(name, points);
  const [since, first] = points[0];
  return now - since < 500 ? null : (value - first) * 1000 / (now - since);
}

// ---- the parts of the page

function drawHead(s) {
  text($('pipeline'), s.pipeline ?? '');
  text($('instance'), s.instance ?? '');
  text($('uptime'), s.startedAt ? 'up ' + duration(Math.floor(secondsSince(s.startedAt))) : '');
  text($('version'), s.version ? 'version ' + s.version : '');
  text($('as-of'), 'As of ' + time());
}

function drawState(s) {
  const state = s.state ?? {};
  const name = state.name ?? 'UNKNOWN';
  const [tone, meaning] = STATES[name] ?? [s.live === false ? 'bad' : s.ready === false ? 'warn' : 'good', ''];
  const isConsumer = s.kind === 'consumer';
  const said = isConsumer && name === 'STREAMING' ? 'Events are taken and applied as they come.'
    : isConsumer && name === 'BACKING_OFF' ? 'Something has failed. It tries again by itself; what is not acknowledged comes again.' : meaning;
  document.body.dataset.tone = tone;
  document.body.dataset.state = name;
  text($('state'), spoken(name));
  text($('meaning'), said);
  text($('reason'), sentence(state.reason ?? ''));
  text($('since'), state.since ? 'Since ' + at(state.since) + ', for ' + duration(Math.floor(Math.max(0, secondsSince(state.since)))) : '');
  // Why it is in this state is said above.
  const because = s.ready === false ? (s.notReadyBecause ?? []).filter(why => !state.reason || !why.includes(state.reason)) : [];
  $('not-ready').hidden = because.length === 0;
  redraw($('not-ready'), because, () => because.map(reason => element('li', {}, reason)));
  document.title = titleOf(name, s.pipeline);
  text($('spoken'), spoken(name) + '. ' + said);
}

function drawHeadroom(s) {
  const source = s.source ?? {};
  const headroom = source.headroomSeconds;
  const window = source.windowSeconds;
  $('headroom-part').hidden = s.kind === 'consumer';
  const share = known(headroom) && window > 0 ? headroom / window : null;
  const low = share != null && share < 0.25;
  text($('headroom'), known(headroom) ? duration(headroom) : 'Not known');
  $('headroom').classList.toggle('low-figure', low);
  $('headroom-bar').hidden = share == null;
  $('headroom-bar').classList.toggle('low', low);
  if (share != null) bar($('headroom-bar'), share);
  text($('headroom-note'), !known(headroom) ? 'MongoDB has not said how far its oplog reaches back. It is asked once a minute.'
    : (low ? 'Low: ' : '') + 'until its position falls out of the oplog'
      + (known(window) ? ', which holds ' + duration(window) : '') + '.');
}

function drawSnapshot(s) {
  const snapshot = s.snapshot;
  $('snapshot').hidden = !snapshot;
  if (!snapshot) return;
  const { documents, estimated, rangesLeft, perSecond: speed, secondsLeft } = snapshot;
  const share = estimated > 0 ? documents / estimated : null;
  const node = $('snapshot-bar');
  node.classList.toggle('unknown', share == null);
  if (share == null) {
    node.removeAttribute('aria-valuenow');
  } else {
    // The number is estimated: it is not at its end before the snapshot says so.
    bar(node, Math.min(share, 0.99));
  }
  text($('snapshot-figure'), share == null ? count(documents) + ' documents' : Math.min(99, Math.floor(share * 100)) + ' %');
  const notes = [
    share == null ? null : count(documents) + ' of about ' + count(estimated) + ' documents',
    known(speed) ? perSecond(speed) : null,
    known(rangesLeft) ? count(rangesLeft) + (rangesLeft === 1 ? ' range left' : ' ranges left') : null,
    known(secondsLeft) ? 'about ' + duration(Math.round(secondsLeft)) + ' to go' : null,
  ];
  text($('snapshot-note'), notes.filter(Boolean).join(', ') + '.');
}

/** By messages or by bytes, whichever is nearer to its limit. */
function full(window) {
  const share = (value, limit) => known(value) && limit > 0 ? value / limit : 0;
  const most = Math.max(share(window.messages, window.messagesLimit), share(window.bytes, window.bytesLimit));
  return fraction(Math.min(100, most * 100)) + ' % full';
}

const hosts = address => (address ?? '').split(',');

/** Each stage: its name, the figure, what is under it, and lines of detail. */
function stages(s) {
  const { source = {}, encoder, broker, target, inFlight } = s;
  const window = inFlight ?? {};
  const waiting = [
    'of ' + count(window.messagesLimit) + ' messages',
    known(window.bytes) ? bytes(window.bytes) + ' of ' + bytes(window.bytesLimit) : null,
  ];
  if (s.kind === 'consumer') {
    return [
      ['Queue', count(source.received), source.broken ? 'not reached' : perSecond(rate('received', source.received)), [source.queue ?? source.scope, known(source.behind) ? count(source.behind) + ' behind' : null, source.address]],
      ['Batch', count(window.messages), known(window.messages) ? full(window) : '', inFlight ? waiting : []],
      ['Target', count(target?.events), target?.broken ? 'not reached' : perSecond(rate('events', target?.events)),
        ['applied', known(target?.documents) ? count(target.documents) + ' of documents' : null, target?.uri]],
    ];
  }
  const onTheWay = (broker?.published ?? 0) - (broker?.confirmed ?? 0);
  return [
    ['MongoDB', duration(s.lagSeconds), known(s.lagSeconds) ? 'behind' : '', [source.scope, ...hosts(source.address)]],
    ['Stream', count(source.received), source.broken ? 'not open' : perSecond(rate('received', source.received)), ['received', known(source.receivedBytes) ? bytes(source.receivedBytes) : null]],
    ['Encoder', count(encoder?.encoded), perSecond(rate('encoded', encoder?.encoded)), ['encoded']],
    ['Window', count(window.messages), known(window.messages) ? full(window) : '', waiting],
    ['RabbitMQ', count(broker?.confirmed), broker?.blocked ? 'blocked' : broker?.broken ? 'not reached' : perSecond(rate('confirmed', broker?.confirmed)),
      ['confirmed' + (onTheWay > 0 ? ', ' + count(onTheWay) + ' on the way' : ''), broker?.outlet, broker?.address]],
    ['Position', s.positionSavedAt ? ago(s.positionSavedAt) : NONE, s.positionSavedAt ? 'saved' : 'not saved yet',
      [s.lastConfirmedAt ? 'last confirm ' + ago(s.lastConfirmedAt) : 'nothing confirmed yet', s.lease?.held === false ? 'lease not held' : s.lease?.held ? 'lease held' : null]],
  ];
}

/** The stage that takes nothing: before it the water stands, behind it there is none. */
function gate(s) {
  if (s.source?.broken) return s.kind === 'consumer' ? 0 : 1;
  return s.broker?.blocked || s.broker?.broken || s.target?.broken || s.state?.name === 'BLOCKED' ? (s.kind === 'consumer' ? 2 : 4) : Infinity;
}

function drawWay(s) {
  const all = stages(s);
  redraw($('way'), [s.kind, all.length], () => all.map(([name]) => element('li', { class: 'stage' },
    element('div', { class: 'channel', 'aria-hidden': 'true' }, element('div', { class: 'flow' })),
    element('h3', {}, name), element('p', { class: 'figure' }), element('p', { class: 'rate' }),
    element('ul', {}))));
  const name = s.state?.name;
  const shutAt = gate(s);
  const dry = shutAt === Infinity && !(FLOWING.includes(name) || !(name in STATES));
  const moves = FLOWING.includes(name) && (rate('moved', s.broker?.confirmed ?? s.target?.events ?? s.source?.received) ?? 0) > 0;
  all.forEach(([stage, figure, under, lines], i) => {
    const node = $('way').children[i];
    node.classList.toggle('shut', i === shutAt);
    node.classList.toggle('dry', dry || i >= shutAt);
    node.classList.toggle('flows', moves && i < shutAt);
    text(node.children[1], stage);
    text(node.children[2], figure);
    text(node.children[3], under);
    const said = lines.filter(Boolean);
    redraw(node.children[4], said, () => said.map(line => element('li', {}, line)));
  });
}

const FAILURES_AT_ONCE = 5;

function drawFailures(s) {
  const failures = s.failures ?? [];
  const rows = part => part.map(failure => element('tr', {},
    element('td', {}, element('time', { datetime: failure.at ?? '' }, at(failure.at)),
      element('span', { class: failure.kind === 'TRANSIENT' ? 'kind' : 'kind lasting' }, spoken(failure.kind ?? 'UNKNOWN'))),
    element('td', {}, sentence(failure.message ?? ''), REMEDIES[failure.kind] ? element('p', { class: 'quiet' }, REMEDIES[failure.kind]) : null)));
  const heads = ['When, and its kind', 'What, and what to do'];
  const newest = failures.slice(0, FAILURES_AT_ONCE);
  const older = failures.slice(FAILURES_AT_ONCE);
  $('no-failures').hidden = failures.length > 0;
  redraw($('failures'), newest, () => newest.length === 0 ? [] : [table('failures', 'Last failures, newest first', heads, rows(newest))]);
  $('older').hidden = older.length === 0;
  text($('older').firstElementChild, older.length + ' older');
  redraw($('older-failures'), older, () => older.length === 0 ? [] : [table('failures', 'Older failures', heads, rows(older))]);
}

function drawCounts(s) {
  const counts = s.counts ?? {};
  const rows = Object.entries(s.operations ?? {}).map(([operation, n]) => [operation, count(n), false]);
  for (const [key, name, alarming] of [['parked', 'parked', true], ['gaps', 'gaps', true], ['repeats', 'repeats', false],
    ['retries', 'retries', false], ['reconnectsSource', 'reconnects to MongoDB', false], ['reconnectsBroker', 'reconnects to RabbitMQ', false]]) {
    if (known(counts[key])) rows.push([name, count(counts[key]), alarming && counts[key] > 0]);
  }
  if (known(s.broker?.confirmedBytes)) rows.push(['bytes confirmed', bytes(s.broker.confirmedBytes), false]);
  redraw($('counts'), rows, () => rows.map(([name, value, alarming]) =>
    element('div', {}, element('dt', {}, name), element('dd', alarming ? { class: 'alarming' } : {}, value))));
}

function drawSettings(s) {
  const settings = s.settings ?? [];
  const isGiven = setting => setting.origin !== 'default';
  const given = settings.filter(isGiven);
  const ordered = [...given, ...settings.filter(setting => !isGiven(setting))];
  redraw($('settings').firstElementChild, [given.length, settings.length], () => ['Effective settings',
    element('small', {}, given.length + ' given, ' + (settings.length - given.length) + ' by default')]);
  redraw($('settings-table'), ordered, () => [table('settings', 'Effective settings', ['Setting', 'Value', 'From'],
    ordered.map(setting => element('tr', {},
      element('td', {}, element('span', { class: isGiven(setting) ? 'code given' : 'code' }, ...breakable(setting.name))),
      element('td', {}, element('span', { class: isGiven(setting) ? 'code given' : 'code' }, String(setting.value ?? ''))),
      element('td', {}, setting.origin ?? ''))))]);
}

// ---- asking

let last = null;
let answeredAt = performance.now();

function draw(status) {
  if (last && last.startedAt !== status.startedAt) seen.clear();
  last = status;
  for (const part of [drawHead, drawState, drawHeadroom, drawSnapshot, drawWay, drawCharts, drawFailures, drawCounts, drawSettings]) {
    part(status);
  }
}

function answered() {
  answeredAt = performance.now();
  document.body.classList.remove('stale');
  $('unreachable').hidden = true;
}

/** What is drawn stays, grey, with the time that it is of. */
function unreachable(why) {
  document.body.classList.add('stale');
  document.body.dataset.tone = 'bad';
  document.body.dataset.state = 'UNREACHABLE';
  $('unreachable').hidden = false;
  text($('unreachable'), why + ' Asked again every second.' + (last ? ' The figures are the last ones that were heard.' : ''));
  text($('state'), 'No answer');
  text($('meaning'), 'Whether events flow is not known.');
  text($('reason'), '');
  text($('since'), '');
  $('not-ready').hidden = true;
  text($('spoken'), 'No answer. ' + why);
  document.title = titleOf('NO ANSWER', last?.pipeline);
}

/** What /status says, or why that is not known. */
async function question(signal) {
  try {
    const response = await fetch('status', { cache: 'no-store', signal });
    hear(Date.parse(response.headers.get('Date') ?? ''));
    return response.ok ? { status: await response.json() }
      : { why: 'Sluice has answered /status with ' + response.status + '.' };
  } catch (error) {
    return { why: error instanceof SyntaxError ? 'Sluice has answered /status with what is no JSON.' : 'Sluice cannot be reached.' };
  }
}

async function ask() {
  const began = performance.now();
  const giveUp = new AbortController();
  const silence = () => unreachable('Sluice has not answered for ' + duration(Math.max(1, Math.round((performance.now() - answeredAt) / 1000))) + '.');
  const silent = setTimeout(silence, Math.max(answeredAt + SHOWN_WITHIN - began, PATIENCE));
  const dead = setTimeout(() => giveUp.abort(), GIVEN_UP);
  const { status, why } = await question(giveUp.signal);
  clearTimeout(silent);
  clearTimeout(dead);
  setTimeout(ask, Math.max(50, EVERY - (performance.now() - began)));
  if (why) {
    unreachable(why);
  } else {
    answered();
    draw(status);
  }
}

ask();
