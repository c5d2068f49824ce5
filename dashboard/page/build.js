// Builds elements. Texts of others become text nodes and nothing else, so none of them can become markup.

import { MEANINGS, STATES, age, moment } from './words.js';

export const SVG = 'http://www.w3.org/2000/svg';
export const $ = (id) => document.getElementById(id);

// make('p.quiet', { id: 'a', onclick: f }, 'text', element, ['more'])
export function make(kind, properties, ...children) {
  const [name, ...classes] = kind.split('.');
  const made = document.createElement(name || 'div');
  if (classes.length) made.className = classes.join(' ');
  return fill(made, properties, children);
}

export function draw(name, properties, ...children) {
  return fill(document.createElementNS(SVG, name), properties, children);
}

function fill(made, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') made[name] = value;
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(
    ...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ''),
  );
  return made;
}

export function icon(name) {
  return draw('svg', { class: `icon ${name}`, 'aria-hidden': 'true' }, draw('use', { href: `#i-${name}` }));
}

// What stands between backticks is code.
export function coded(text) {
  return (text || '').split('`').map((part, place) => (place % 2 ? make('code', null, part) : part));
}

// A state is a shape, a word and a colour.
export function state(name) {
  return make(
    `span.state.${name}`,
    { title: MEANINGS[name] },
    icon(name === 'queued' ? 'ready' : name === 'canceled' ? 'stopped' : name),
    make('span', null, STATES[name] || name),
  );
}

export function when(time, say = age) {
  const made = make('time', { datetime: time, title: moment.format(new Date(time)) }, say(time));
  made.say = say;
  return made;
}

export function copy(text, what, id) {
  return make(
    'button.copy',
    { type: 'button', id, 'data-copy': text, 'aria-label': `Copy ${what} ${text}`, title: `Copy ${what}` },
    icon('copy'),
  );
}

export function away(href, id, ...children) {
  // what a repository's name makes an address of must be one
  const safe = /^https?:/i.test(href || '');
  return safe
    ? make('a', { href, id, target: '_blank', rel: 'noreferrer' }, ...children)
    : make('span', { id }, ...children);
}

// Puts new children in and keeps the focus: on the element with the same ID, or where `fallback` says.
export function put(parent, children, fallback) {
  const inside = parent.contains(document.activeElement) ? document.activeElement : null;
  const { id, selectionStart, selectionEnd } = inside || {};
  parent.replaceChildren(...[children].flat(3).filter(Boolean));
  if (!inside) return;
  const again = (id && $(id)) || (fallback && fallback());
  if (again) again.focus({ preventScroll: true });
  if (again && again.id === id && selectionStart !== undefined && again.setSelectionRange)
    again.setSelectionRange(selectionStart, selectionEnd);
}

// Puts nodes in order and moves none that stands right, as moving takes the focus away.
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

let quietly = 0;
// Says what came of something, to eyes and to screen readers; what went wrong stays until it is closed.
export function tell(text, wrong) {
  clearTimeout(quietly);
  const close = () => put($('said'), [], () => $('list-title'));
  put($('said'), [
    make(
      wrong ? 'div.toast.wrong' : 'div.toast',
      null,
      icon(wrong ? 'refused' : 'succeeded'),
      make('p', null, text),
      make(
        'button.plain',
        { type: 'button', id: 'said-close', 'aria-label': 'Close the message', onclick: close },
        '×',
      ),
    ),
  ]);
  // long enough to read two lines twice; what went wrong stays
  if (!wrong) quietly = setTimeout(close, 12000);
}
