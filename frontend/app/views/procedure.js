import { el, field, notice, onSubmit } from '../dom.js'
import { ApiError, SessionEnded } from '../api.js'

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

/** What was typed when a session ended, or the tab was loaded again, is there once its writer is back. */
function editor({ api, unsaved, who, signInAgain }, sopId, opened) {
  const path = location.pathname
  const kept = who === undefined ? undefined : unsaved.of(who, path)
  let saved = opened
  const title = el('input', { id: 'draft-title', maxLength: 200, value: kept?.title ?? opened?.draft.title ?? '' })
  const notes = el('textarea', { id: 'draft-notes', value: kept?.notes ?? opened?.draft.data.notes ?? '' })
  const problem = notice()
  const state = el('p', { className: 'saved', role: 'status' })
  if (kept !== undefined) state.textContent = saidOf(kept, opened)
  const form = el(
    'form',
    {},
    problem,
    field('Title', title),
    field('Notes', notes),
    state,
    el('button', { type: 'submit' }, 'Save draft'),
  )
  form.addEventListener('input', () => {
    state.textContent = ''
    if (who !== undefined) unsaved.keep(who, path, { title: title.value, notes: notes.value, etag: saved?.etag })
  })
  onSubmit(form, problem, async () => {
    // What another client keeps in the draft stays in it.
    const data = { ...saved?.draft.data, notes: notes.value }
    const body = { sopId, title: title.value, data }
    const sending = saved === undefined ? api.createDraft(body) : api.replaceDraft(saved.draft.id, body, saved.etag)
    const answer = await sending.catch((error) => {
      if (error instanceof SessionEnded) signInAgain(error.message)
      throw error
    })
    saved = { draft: answer.value, etag: answer.etag }
    unsaved.drop()
    state.textContent = 'Saved. You find it under Drafts.'
  })
  return form
}

function saidOf(kept, opened) {
  const changed = opened !== undefined && kept.etag !== opened.etag
  return changed
    ? 'What you typed is back, not saved yet. The draft was changed elsewhere meanwhile: saving replaces that.'
    : 'What you typed is back, not saved yet.'
}
