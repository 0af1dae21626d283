// What is put into the page goes in as text: nothing here reads HTML.

export const $ = id => document.getElementById(id);

/** An element; children are elements, or text. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children.filter(child => child != null));
  return made;
}

export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

/** Makes a part anew only if what it shows is another: what somebody has selected there stays. */
const drawn = new WeakMap();
export function redraw(node, shown, make) {
  const key = JSON.stringify(shown);
  if (drawn.get(node) !== key) {
    drawn.set(node, key);
    node.replaceChildren(...make());
  }
}

/** May be broken behind each underscore. */
export function breakable(name) {
  const parts = String(name).split(/(?<=[_.])/);
  return parts.flatMap(part => [part, document.createElement('wbr')]).slice(0, -1);
}

export function table(kind, caption, heads, rows) {
  return element('table', { class: kind },
    element('caption', { class: 'unseen' }, caption),
    element('thead', {}, element('tr', {}, ...heads.map(head => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...rows));
}

export function bar(node, share) {
  const value = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  node.setAttribute('aria-valuenow', value);
  node.firstElementChild.style.setProperty('--share', value);
}
