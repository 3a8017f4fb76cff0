import { SessionEnded, makeApi } from './api.js'
import { loadConfig } from './config.js'
import { el, messageOf } from './dom.js'
import { narrowPolicy } from './policy.js'
import { makeSession } from './session.js'
import { makeUnsaved } from './unsaved.js'
import { draftsView } from './views/drafts.js'
import { draftView, procedureView } from './views/procedure.js'
import { proceduresView } from './views/procedures.js'
import { signInView } from './views/sign-in.js'

const byId = (id) => document.getElementById(id)

const routes = [
  [/^\/$/, proceduresView],
  [/^\/sops\/([^/]+)$/, procedureView],
  [/^\/drafts$/, draftsView],
  [/^\/drafts\/([^/]+)$/, draftView],
]

async function start() {
  const config = await loadConfig()
  narrowPolicy(config)
  document.title = config.title
  const session = makeSession(config.signIn, sessionStorage)
  const api = makeApi(config.api, session)
  const runtime = await api.runtime().catch(() => undefined)
  const place = runtime === undefined ? undefined : `${runtime.org} (${runtime.env})`
  byId('place').textContent = place ?? ''
  byId('place').hidden = place === undefined
  const unsaved = makeUnsaved(sessionStorage)
  const signInAgain = (reason) => askToSignIn(app, reason)
  const app = {
    config,
    session,
    api,
    unsaved,
    who: undefined,
    signInAgain,
    place,
    announce,
    guarded: runtime?.auth?.required !== false,
  }
  byId('sign-out').addEventListener('click', () => {
    session.end()
    unsaved.drop()
    history.replaceState(null, '', '/')
    askToSignIn(app)
    announce('You are signed out.')
  })
  document.addEventListener('click', (event) => follow(event, app))
  window.addEventListener('popstate', () => route(app))
  await enter(app)
}

/** Shows where the address points, to whom the API knows. */
async function enter(app) {
  if (app.guarded && app.config.signIn === undefined) throw new Error('This page has no sign-in: ask an administrator.')
  if (app.guarded && app.session.token() === undefined) return askToSignIn(app)
  try {
    const { email, groups, anonymous } = await app.api.whoAmI()
    app.who = anonymous ? '' : email
    byId('user').textContent = anonymous ? 'No sign-in needed' : (email ?? groups.join(', '))
    byId('sign-out').hidden = anonymous
    byId('account').hidden = false
    byId('sections').hidden = false
  } catch (error) {
    if (error instanceof SessionEnded) return askToSignIn(app, error.message)
    return show([problemOf(error, () => enter(app))])
  }
  await route(app)
}

function askToSignIn(app, reason) {
  app.session.end()
  byId('account').hidden = true
  byId('sections').hidden = true
  const done = async (tokens) => {
    app.session.keep(tokens)
    await enter(app)
    announce('You are signed in.')
  }
  show([signInView({ config: app.config, place: app.place, reason, done })])
  byId('user-name').focus()
}

/** The newest one counts: a slow answer must not replace what was opened after it. */
let turn = 0

async function route(app) {
  const mine = ++turn
  const { pathname } = location
  const matched = routes.map(([pattern, view]) => [pattern.exec(pathname), view]).find(([match]) => match !== null)
  for (const link of document.querySelectorAll('#sections a')) {
    if (link.getAttribute('href') === pathname) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (matched === undefined) return show([el('h1', {}, 'Not here'), el('p', {}, 'There is no such page.')])
  const [[, id], view] = matched
  announce('Loading …')
  try {
    const content = await view(app, id === undefined ? undefined : decodeURIComponent(id))
    if (mine !== turn) return
    announce('')
    show(content)
    byId('content').focus({ preventScroll: true })
    window.scrollTo(0, 0)
  } catch (error) {
    if (mine !== turn) return
    announce('')
    if (error instanceof SessionEnded) askToSignIn(app, error.message)
    else show([problemOf(error, () => route(app))])
  }
}

/** Links of the page's own change the view, not the document. */
function follow(event, app) {
  const link = event.target instanceof Element ? event.target.closest('a[data-link]') : null
  if (link === null || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  history.pushState(null, '', link.getAttribute('href'))
  if (!byId('sections').hidden) void route(app)
}

function problemOf(error, again) {
  const button = el('button', { type: 'button', className: 'quiet' }, 'Try again')
  button.addEventListener('click', again)
  return el('div', { className: 'card' }, el('p', { className: 'notice', role: 'alert' }, messageOf(error)), button)
}

function show(content) {
  byId('content').replaceChildren(...content)
}

function announce(text) {
  byId('status').textContent = text
}

start().catch((error) => show([el('p', { className: 'notice', role: 'alert' }, messageOf(error))]))
