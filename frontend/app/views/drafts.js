import { el, when } from '../dom.js'
import { draftPath } from '../links.js'

export async function draftsView({ api }) {
  const drafts = await api.drafts()
  const newestFirst = drafts.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
  return [
    el('h1', {}, 'Drafts'),
    el('p', { className: 'lead' }, 'What you have begun and not finished yet.'),
    drafts.length === 0
      ? el('p', { className: 'empty' }, 'There are no drafts yet. Open a procedure to begin one.')
      : el('ul', { className: 'rows' }, newestFirst.map(rowOf)),
  ]
}

function rowOf({ id, title, sopId, updatedAt }) {
  return el(
    'li',
    {},
    el(
      'a',
      { className: 'row', href: draftPath(id), 'data-link': '' },
      el(
        'span',
        {},
        el('strong', {}, title === '' ? 'Untitled' : title),
        el('small', {}, `${sopId} · changed ${when(updatedAt)}`),
      ),
      el('span', { className: 'chevron', 'aria-hidden': 'true' }, '›'),
    ),
  )
}
