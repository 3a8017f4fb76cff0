export class ApiError extends Error {
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** The session is over: only signing in again helps. */
export class SessionEnded extends Error {
  constructor() {
    super('Your session has ended. Sign in again.')
  }
}

/** The API of the target; each call answers parsed JSON, or throws a sentence that a person can read. */
export function makeApi(base, session, fetch = globalThis.fetch) {
  const send = (method, path, { body, ifMatch } = {}) => {
    const token = session.token()
    return fetch(`${base}${path}`, {
      method,
      cache: 'no-store',
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ApiError(0, 'unreachable', 'The server cannot be reached. Check your connection.')
    })
  }
  const ask = async (method, path, options) => {
    let answer = await send(method, path, options)
    if (answer.status === 401 && (await session.renew())) answer = await send(method, path, options)
    return readAnswer(answer)
  }
  return {
    runtime: () => ask('GET', '/api/config/runtime').then(value),
    whoAmI: () => ask('GET', '/api/config/private').then(value),
    procedures: () => ask('GET', '/api/v1/sops/list').then((answer) => value(answer).sops),
    procedure: (id) => ask('GET', `/api/v1/sops/${encodeURIComponent(id)}`).then(value),
    async drafts() {
      const all = []
      for (let next = ''; next !== null;) {
        const page = value(await ask('GET', `/api/v1/drafts${next === '' ? '' : `?after=${encodeURIComponent(next)}`}`))
        all.push(...page.items)
        next = page.next ?? null
      }
      return all
    },
    draft: (id) => ask('GET', `/api/v1/drafts/${encodeURIComponent(id)}`),
    createDraft: (body) => ask('POST', '/api/v1/drafts', { body }),
    replaceDraft: (id, body, ifMatch) => ask('PUT', `/api/v1/drafts/${encodeURIComponent(id)}`, { body, ifMatch }),
    deleteDraft: (id) => ask('DELETE', `/api/v1/drafts/${encodeURIComponent(id)}`),
  }
}

const value = (answer) => answer.value

/** `{ value, etag }` of a good answer. */
async function readAnswer(answer) {
  if (answer.status === 401) throw new SessionEnded()
  const text = await answer.text()
  const parsed = parse(text)
  if (answer.ok && (parsed !== undefined || text === '')) {
    return { value: parsed, etag: answer.headers.get('ETag') ?? undefined }
  }
  const { code = 'failed', message } = parsed?.error ?? {}
  const fallback = answer.ok
    ? 'The server answered something that is not its API.'
    : `The server failed (${answer.status}).`
  throw new ApiError(answer.status, code, message === undefined ? `${fallback} Try again later.` : sentence(message))
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function sentence(message) {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
