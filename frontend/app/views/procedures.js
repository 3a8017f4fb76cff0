import { el } from '../dom.js'
import { procedurePath } from '../links.js'

export async function proceduresView({ api }) {
  const procedures = await api.procedures()
  return [
    el('h1', {}, 'Procedures'),
    el('p', { className: 'lead' }, 'Standard operating procedures of your organization.'),
    procedures.length === 0
      ? el('p', { className: 'empty' }, 'There are no procedures yet.')
      : el('ul', { className: 'rows' }, procedures.map(rowOf)),
  ]
}

function rowOf({ id, file, title, version, valid, error }) {
  if (!valid) {
    const words = el('span', {}, el('strong', {}, file), el('small', {}, error ?? 'This file cannot be used.'))
    return el('li', {}, el('div', { className: 'row broken' }, words))
  }
  const about = [id, version === null ? undefined : `version ${version}`].filter((part) => part !== undefined)
  return el(
    'li',
    {},
    el(
      'a',
      { className: 'row', href: procedurePath(id), 'data-link': '' },
      el('span', {}, el('strong', {}, title ?? id), el('small', {}, about.join(' · '))),
      el('span', { className: 'chevron', 'aria-hidden': 'true' }, '›'),
    ),
  )
}
