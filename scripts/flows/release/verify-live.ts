import type { ProjectApi } from '../../core/project.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { waitUntil } from '../wait.js'

const guardDeadlineMs = 60_000

/**
 * Asks the open and the guarded paths without a token: open ones must answer, guarded ones must refuse with 401 when
 * auth is on and must not when it is off. A stage takes a moment to serve its new deployment, so it is asked again.
 */
export async function verifyAccess(api: string, authOn: boolean, context: TargetContext): Promise<void> {
  const { openPaths, guardedPaths } = context.project.api
  const wrong = async (): Promise<Problem | undefined> => {
    const asked = await Promise.all(
      [...openPaths, ...guardedPaths].map(async (path) => ({ path, answer: await context.ports.http.get(api + path) })),
    )
    for (const { path, answer } of asked) {
      const open = !authOn || openPaths.includes(path)
      const status = answer?.status
      const is = (text: string, silent = false): Problem => ({ text: `${path} ${text}`, silent })
      if (status === undefined) return is('does not answer', true)
      if (open && (status === 401 || status === 403)) return is(`is meant to be open and answers ${status}`)
      if (!open && status !== 401) return is(`is meant to be guarded and answers ${status} without a token`)
    }
    return undefined
  }
  let problem: Problem | undefined
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
    if (problem.silent) throw silence(`${api}: ${problem.text}`)
    throw new DeployError('Unhealthy', problem.text, {
      hint: authOn ? 'do not use this API before it is mended: make rs-deploy FORCE=true' : (error.hint ?? ''),
    })
  })
}

interface Problem {
  text: string
  /** No answer at all. */
  silent: boolean
}

/** API Gateway answers for a function that does not: where nothing comes at all, it is what lies between. */
function silence(message: string): DeployError {
  return new DeployError('AwsFailed', message, {
    hint: 'look at the network between here and AWS; then the same command again',
  })
}

/**
 * How many the project's list holds, as its answer to a token says. Throws Unhealthy when it is refused or broken,
 * AwsFailed when nothing answers.
 */
export async function countListed(
  api: string,
  { path, key }: NonNullable<ProjectApi['list']>,
  token: string | undefined,
  { ports }: TargetContext,
): Promise<number> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const answer = await ports.http.get(api + path, headers)
  if (answer === undefined) throw silence(`${api}${path} does not answer`)
  const hint = 'the function’s log tells why; then the same command again'
  if (answer.status !== 200) {
    throw new DeployError('Unhealthy', `${path} answered ${answer.status}`, { hint })
  }
  const listed = listIn(answer.body, key)
  if (listed !== undefined) return listed.length
  throw new DeployError('Unhealthy', `${path} answered 200, but no list`, { hint })
}

function listIn(body: string, key: string): unknown[] | undefined {
  try {
    const list = (JSON.parse(body) as Record<string, unknown>)[key]
    return Array.isArray(list) ? list : undefined
  } catch {
    return undefined
  }
}
