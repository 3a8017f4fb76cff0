import type { ProjectApi } from './project.js'

/** A REST proxy event of GET `path`, as API Gateway sends it (Lambda, "Input format for proxy integration"). */
export function proxyEvent(path: string, stage: string): string {
  return JSON.stringify({
    resource: path,
    path,
    httpMethod: 'GET',
    headers: { Accept: 'application/json', Host: 'direct-check' },
    multiValueHeaders: { Accept: ['application/json'], Host: ['direct-check'] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      resourcePath: path,
      httpMethod: 'GET',
      path: `/${stage}${path}`,
      stage,
      requestId: 'direct-check',
      protocol: 'HTTP/1.1',
      identity: { sourceIp: '127.0.0.1', userAgent: 'direct-check' },
    },
    body: null,
    isBase64Encoded: false,
  })
}

/** The same question as an HTTP API asks it (payload format 2.0). */
export function httpApiEvent(path: string, stage: string): string {
  return JSON.stringify({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { accept: 'application/json', host: 'direct-check' },
    requestContext: {
      domainName: 'direct-check',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'direct-check' },
      requestId: 'direct-check',
      routeKey: '$default',
      stage,
    },
    isBase64Encoded: false,
  })
}

export interface HealthReport {
  healthy: boolean
  version: string | undefined
  /** Why it is not healthy, in one clause. */
  problem: string | undefined
}

/** Reads an answer of the health path: healthy is 200 and, where `kind` says so, JSON with status "healthy" in it. */
export function readHealth(status: number, body: string, kind: ProjectApi['health']): HealthReport {
  if (kind === 'any') {
    const healthy = status === 200
    return { healthy, version: undefined, problem: healthy ? undefined : `answered ${status}` }
  }
  let answer: { status?: unknown; version?: unknown }
  try {
    answer = JSON.parse(body) as typeof answer
  } catch {
    return { healthy: false, version: undefined, problem: `answered ${status} and no JSON` }
  }
  const version = typeof answer?.version === 'string' ? answer.version : undefined
  const word = typeof answer?.status === 'string' ? answer.status : 'nothing'
  if (status === 200 && word === 'healthy') return { healthy: true, version, problem: undefined }
  return { healthy: false, version, problem: `answered ${status}, status ${word}` }
}
