import { guardedPaths, openPaths } from '../core/api-paths.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from './context.js'
import { waitUntil } from './wait.js'

const guardDeadlineMs = 60_000

/**
 * Asks the open and the guarded paths without a token: open ones must answer, guarded ones must refuse with 401 when
 * auth is on and must not when it is off. A stage takes a moment to serve its new deployment, so it is asked again.
 */
export async function verifyAccess(api: string, authOn: boolean, context: TargetContext): Promise<void> {
  const wrong = async (): Promise<string | undefined> => {
    const asked = await Promise.all(
      [...openPaths, ...guardedPaths].map(async (path) => ({ path, answer: await context.ports.http.get(api + path) })),
    )
    for (const { path, answer } of asked) {
      const open = !authOn || openPaths.some((one) => one === path)
      const status = answer?.status
      if (status === undefined) return `${path} does not answer`
      if (open && (status === 401 || status === 403)) return `${path} is meant to be open and answers ${status}`
      if (!open && status !== 401) return `${path} is meant to be guarded and answers ${status} without a token`
    }
    return undefined
  }
  let problem: string | undefined
  const wait = {
    what: 'the API to guard what it must',
    firstMs: 250,
    limitMs: 5_000,
    deadlineMs: guardDeadlineMs,
    hint: 'the same command again',
  }
  await waitUntil(wait, context, async () => {
    problem = await wrong()
    return problem === undefined ? true : undefined
  }).catch((error: unknown) => {
    if (problem === undefined || !(error instanceof DeployError)) throw error
    throw new DeployError('Unhealthy', problem, {
      hint: authOn ? 'do not use this API before it is mended: make rs-deploy FORCE=true' : (error.hint ?? ''),
    })
  })
}

/** What the SOP list answers to a token: the number of SOPs. Throws Unhealthy when it is refused or broken. */
export async function countSops(api: string, token: string | undefined, { ports }: TargetContext): Promise<number> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const answer = await ports.http.get(`${api}/api/v1/sops/list`, headers)
  if (answer?.status !== 200) {
    throw new DeployError('Unhealthy', `/api/v1/sops/list answered ${answer?.status ?? 'nothing'}`, {
      hint: 'the function’s log tells why; then the same command again',
    })
  }
  const sops = sopsIn(answer.body)
  if (sops !== undefined) return sops.length
  throw new DeployError('Unhealthy', '/api/v1/sops/list answered 200, but no list', {
    hint: 'the function’s log tells why; then the same command again',
  })
}

function sopsIn(body: string): unknown[] | undefined {
  try {
    const { sops } = JSON.parse(body) as { sops?: unknown }
    return Array.isArray(sops) ? sops : undefined
  } catch {
    return undefined
  }
}
