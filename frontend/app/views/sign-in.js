import { setNewPassword, signIn } from '../cognito.js'
import { el, field, notice, onSubmit } from '../dom.js'

/** Asks for e-mail address and password, and for a new one where the account wants that; then `done(tokens)`. */
export function signInView({ config, place, reason, done }) {
  const user = el('input', { id: 'user-name', type: 'email', autocomplete: 'username', required: true })
  const password = el('input', { id: 'password', type: 'password', autocomplete: 'current-password', required: true })
  const problem = notice()
  problem.textContent = reason ?? ''
  const form = el(
    'form',
    { noValidate: true },
    problem,
    field('E-mail address', user),
    field('Password', password),
    el('button', { type: 'submit' }, 'Sign in'),
  )
  const view = el(
    'section',
    { className: 'card narrow', 'aria-labelledby': 'title' },
    el('h1', { id: 'title' }, 'Sign in'),
    el('p', { className: 'lead' }, place === undefined ? config.title : `With your account of ${place}.`),
    form,
  )
  onSubmit(form, problem, async () => {
    const missing = [user, password].find((one) => one.value.trim() === '')
    if (missing !== undefined) {
      missing.focus()
      throw new Error(missing === user ? 'Enter your e-mail address.' : 'Enter your password.')
    }
    const outcome = await signIn(config.signIn, user.value.trim(), password.value).catch((error) => {
      password.value = ''
      password.focus()
      throw error
    })
    if (outcome.kind === 'signed-in') await done(outcome.tokens)
    else view.replaceWith(newPasswordView({ config, challenge: outcome, done }))
  })
  return view
}

function newPasswordView({ config, challenge, done }) {
  const make = (id) => el('input', { id, type: 'password', autocomplete: 'new-password', required: true })
  const [first, again] = [make('new-password'), make('new-password-again')]
  const problem = notice()
  const form = el(
    'form',
    { noValidate: true },
    problem,
    field('New password', first, 'At least 12 characters, with upper and lower case, a digit and a symbol.'),
    field('The same again', again),
    el('button', { type: 'submit' }, 'Set password and sign in'),
  )
  onSubmit(form, problem, async () => {
    if (first.value !== again.value) {
      again.focus()
      throw new Error('These are not the same.')
    }
    const outcome = await setNewPassword(config.signIn, challenge, first.value)
    await done(outcome.tokens)
  })
  queueMicrotask(() => first.focus())
  return el(
    'section',
    { className: 'card narrow', 'aria-labelledby': 'title' },
    el('h1', { id: 'title' }, 'Choose a password'),
    el('p', { className: 'lead' }, 'The one you were given was for the first time only.'),
    form,
  )
}
