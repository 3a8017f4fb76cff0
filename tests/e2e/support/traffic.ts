/** A request that went through the API while something else was done. */
export interface Asked {
  path: string
  /** 0: no answer at all. */
  status: number
  /** The function's version, where the answer names it. */
  version: string | undefined
}

export interface Traffic {
  api: string
  paths: readonly string[]
  /** For the paths that want one. */
  token?: string
}

const everyMs = 100

/**
 * Ten requests a second, each path in turn, begun whether or not the ones before were answered, until the work is done,
 * and once more after it. Resolves when all of them were answered.
 */
export async function during<T>(
  { api, paths, token }: Traffic,
  work: () => Promise<T>,
): Promise<{ result: T; asked: Asked[] }> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const underWay: Promise<Asked>[] = []
  const ask = (): void => {
    const path = paths[underWay.length % paths.length]!
    underWay.push(askOnce(`${api}${path}`, path, headers))
  }
  ask()
  const timer = setInterval(ask, everyMs)
  const result = await work().finally(() => clearInterval(timer))
  // Whatever the work ended with has answered as well.
  paths.forEach(ask)
  return { result, asked: await Promise.all(underWay) }
}

async function askOnce(url: string, path: string, headers: Record<string, string>): Promise<Asked> {
  try {
    const answer = await fetch(url, { headers })
    const body = (await answer.json()) as { version?: unknown }
    const version = typeof body.version === 'string' ? body.version : undefined
    return { path, status: answer.status, version }
  } catch {
    return { path, status: 0, version: undefined }
  }
}

/** `GET /health 200 2` with how often, for the eye and for a comparison. */
export function countAnswers(asked: readonly Asked[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { path, status, version } of asked) {
    const key = `${path} ${status}${version === undefined ? '' : ` by version ${version}`}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** The versions that answered, in order. */
export function answeringVersions(asked: readonly Asked[]): string[] {
  return [...new Set(asked.flatMap(({ version }) => version ?? []))].sort((a, b) => Number(a) - Number(b))
}
