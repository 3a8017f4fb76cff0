import { el, field, notice, onSubmit } from '../dom.js'
import { ApiError } from '../api.js'

/** A procedure to read, and beside it a new draft of it. */
export async function procedureView(context, id) {
  const { document } = await context.api.procedure(id)
  return page(context, id, document, undefined)
}

/** A draft to go on with, beside its procedure; that may be gone meanwhile. */
export async function draftView(context, id) {
  const { value: draft, etag } = await context.api.draft(id)
  const document = await context.api
    .procedure(draft.sopId)
    .then((procedure) => procedure.document)
    .catch((error) => {
      if (error instanceof ApiError && error.status !== 0) return { title: draft.sopId, note: error.message }
      throw error
    })
  return page(context, draft.sopId, document, { draft, etag })
}

function page(context, sopId, { title, name, ...document }, opened) {
  return [
    el('h1', {}, title ?? name ?? sopId),
    el('p', { className: 'lead' }, sopId),
    el(
      'div',
      { className: 'columns' },
      el('section', { className: 'card document', 'aria-label': 'Procedure' }, shown(document)),
      el(
        'section',
        { className: 'card', 'aria-labelledby': 'draft-heading' },
        el('h2', { id: 'draft-heading' }, opened === undefined ? 'New draft' : 'Draft'),
        editor(context, sopId, opened),
      ),
    ),
  ]
}

/** Whatever the document holds, as lists and text. */
function shown(value) {
  if (Array.isArray(value))
    return el(
      'ol',
      {},
      value.map((item) => el('li', {}, shown(item))),
    )
  if (value === null || typeof value !== 'object') return value === null ? '–' : String(value)
  const pairs = Object.entries(value).map(([key, inner]) => [
    el('dt', {}, key.replaceAll(/[_-]+/g, ' ')),
    el('dd', {}, shown(inner)),
  ])
  return el('dl', {}, pairs.flat())
}

function editor({ api }, sopId, opened) {
  let saved = opened
  const title = el('input', { id: 'draft-title', maxLength: 200, value: opened?.draft.title ?? '' })
  const notes = el('textarea', { id: 'draft-notes', value: opened?.draft.data.notes ?? '' })
  const problem = notice()
  const state = el('p', { className: 'saved', role: 'status' })
  const form = el(
    'form',
    {},
    problem,
    field('Title', title),
    field('Notes', notes),
    state,
    el('button', { type: 'submit' }, 'Save draft'),
  )
  form.addEventListener('input', () => (state.textContent = ''))
  onSubmit(form, problem, async () => {
    // What another client keeps in the draft stays in it.
    const data = { ...saved?.draft.data, notes: notes.value }
    const body = { sopId, title: title.value, data }
    const answer = await (saved === undefined
      ? api.createDraft(body)
      : api.replaceDraft(saved.draft.id, body, saved.etag))
    saved = { draft: answer.value, etag: answer.etag }
    state.textContent = 'Saved. You find it under Drafts.'
  })
  return form
}
