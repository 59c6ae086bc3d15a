import { METHODS } from '../../ovc/protocol.ts';

/** What the page does, as text for the browser. What a device sent is shown as text only, never as markup. */

const MOST_ROWS = 500;

export const PAGE_SCRIPT = `'use strict';
const METHODS = ${JSON.stringify(Object.keys(METHODS))};
const MOST_ROWS = ${MOST_ROWS};
const query = new URLSearchParams(location.search);
const code = query.get('login_code');
const token = query.get('token');
const at = (id) => document.getElementById(id);
const STATES = ['', 'online', 'upgrading', 'abnormal'];
const CHANNEL_STATES = ['offline', 'online', 'live'];
const ARROWS = { up: '\\u2191 device', down: '\\u2193 platform', note: '\\u00b7' };

function address(path, fields = {}) {
  const search = new URLSearchParams(fields);
  if (token !== null) search.set('token', token);
  return path + '?' + search;
}

function page(login) {
  const to = new URLSearchParams(login === undefined ? {} : { login_code: login });
  if (token !== null) to.set('token', token);
  return './?' + to;
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = String(text);
  if (className) made.className = className;
  return made;
}

function row(cells) {
  const made = element('tr');
  for (const cell of cells) {
    const field = element('td');
    field.append(cell instanceof Node ? cell : String(cell ?? ''));
    made.append(field);
  }
  return made;
}

function presence(device) {
  return device.presence + (device.presence === 'online' && !device.connected ? ', link down' : '');
}

async function listDevices() {
  const devices = await (await fetch(address('api/devices'))).json();
  at('devices').replaceChildren(...devices.map((device) => {
    const link = element('a', device.code);
    link.href = page(device.code);
    const models = device.models ?? {};
    return row([link, presence(device), models.hardware, models.firmware, device.logins, device.faults]);
  }));
  at('nobody').hidden = devices.length > 0;
}

function alarms(bits) {
  return [2, 3, 4, 5, 6, 7].filter((bit) => ((bits ?? 0) >> bit) & 1).join(', ');
}

function counted(count, noun) {
  return count + ' ' + noun + (count === 1 ? '' : 's');
}

function channelState(state) {
  const word = CHANNEL_STATES[state];
  return element('span', word ?? state, word);
}

function showDevice(device) {
  const state = device.state === undefined ? '' : ', says ' + (STATES[device.state] ?? device.state);
  at('summary').textContent = device.code + ': ' + presence(device) + state + ', ' + [counted(device.logins, 'login'),
    counted(device.keepalives, 'keepalive'), counted(device.faults, 'fault')].join(', ');
  at('channels').replaceChildren(...device.channels.map((channel) => row([
    channel.channel, channelState(channel.state), channel.stream_id, channel.record_session,
    alarms(channel.alarm),
  ])));
}

function showPacket(entry) {
  const item = element('li', undefined, entry.direction + (entry.faults.length > 0 ? ' fault' : ''));
  const head = element('p');
  head.append(element('small', entry.at.slice(11, 23)), element('small', '#' + entry.number));
  head.append(element('small', ARROWS[entry.direction]), element('strong', entry.name ?? entry.kind));
  if (entry.answers !== undefined) head.append(element('small', 'answers #' + entry.answers + ' after ' + entry.ms + ' ms'));
  for (const fault of entry.faults) head.append(element('span', fault, 'wrong'));
  item.append(head, element('pre', entry.text));
  at('packets').prepend(item);
  while (at('packets').children.length > MOST_ROWS) at('packets').lastChild.remove();
}

function message() {
  const kind = at('kind').value;
  const text = at('params').value.trim();
  if (kind === 'raw') return { text: at('params').value };
  const name = at('name').value.trim();
  const params = text === '' ? {} : { params: JSON.parse(text) };
  return kind === 'requests' ? { req: name, ...params } : { event: name, ...params };
}

async function send(event) {
  event.preventDefault();
  try {
    const path = address('api/devices/' + encodeURIComponent(code) + '/' + at('kind').value);
    const headers = { 'Content-Type': 'application/json' };
    const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(message()) });
    at('answer').textContent = JSON.stringify(await reply.json());
  } catch (err) {
    at('answer').textContent = String(err);
  }
}

function watchDevice(after) {
  let last = after;
  const events = new EventSource(address('api/devices/' + encodeURIComponent(code) + '/events', { after: last }));
  events.addEventListener('packet', (event) => { last = event.lastEventId; showPacket(JSON.parse(event.data)); });
  events.addEventListener('device', (event) => showDevice(JSON.parse(event.data)));
  events.addEventListener('error', () => {
    at('summary').textContent = code + ': waiting for the device or the simulator';
    // A browser tries again by itself after a lost connection, but not after a 404, which a later login cures.
    if (events.readyState === EventSource.CLOSED) setTimeout(watchDevice, 2000, last);
  });
}

function openDevice() {
  document.title = code + ' \\u2013 OVC simulator';
  at('methods').replaceChildren(...METHODS.map((name) => new Option(name)));
  at('send').addEventListener('submit', send);
  watchDevice(0);
}

at('home').href = page();
at(code === null ? 'list' : 'device').hidden = false;
if (code === null) {
  void listDevices();
  setInterval(listDevices, 2000);
} else openDevice();
`;
