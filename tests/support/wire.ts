import type { IncomingHttpHeaders } from 'node:http'

/** How the operation's service speaks, which decides what its errors look like. */
export type Protocol = 'query' | 'json' | 's3' | 'rest' | 'http'

/** One request, named as AWS names its operation. */
export interface Call {
  service: string
  operation: string
  write: boolean
  protocol: Protocol
  path: string
  /** Sent again by an SDK that got no good answer to it. */
  again: boolean
  /** What the server answered; unset where it never heard of it. */
  status?: number
}

interface Request {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

const reading = /^(Describe|List|Get|Head|Lookup|Filter|AdminGet|AdminList|InitiateAuth|Validate|Invoke)/

/** Names a request: a query protocol's Action, a JSON protocol's target, or method and path of a REST one. */
export function describeCall({ method, url, headers, body }: Request): Call {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'http'
  const path = url.split('?')[0] ?? '/'
  const again = !/^(attempt=1\b.*)?$/.test(String(headers['amz-sdk-request'] ?? ''))
  const named = (operation: string, protocol: Protocol): Call => {
    return { service, operation, write: !reading.test(operation), protocol, path, again }
  }
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1)
  if (target !== undefined && target !== '') return named(target, 'json')
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1]
  if (action !== undefined) return named(action, 'query')
  if (service === 's3') return named(s3Operation(method, url), 's3')
  const rest = restOperations.find((one) => one.method === method && one.path.test(path))
  if (rest !== undefined) return named(rest.operation, 'rest')
  const write = method !== 'GET' && method !== 'HEAD'
  return { service, operation: `${method} ${path}`, write, protocol: service === 'http' ? 'http' : 'rest', path, again }
}

const restOperations: { method: string; path: RegExp; operation: string }[] = [
  { method: 'POST', path: /\/functions\/[^/]+\/versions$/, operation: 'PublishVersion' },
  { method: 'PUT', path: /\/functions\/[^/]+\/aliases\/[^/]+$/, operation: 'UpdateAlias' },
  { method: 'PUT', path: /\/functions\/[^/]+\/code$/, operation: 'UpdateFunctionCode' },
  { method: 'POST', path: /\/functions\/[^/]+\/invocations$/, operation: 'Invoke' },
  { method: 'PATCH', path: /\/account$/, operation: 'UpdateAccount' },
]

/** `PutObject locks`: an object's operation carries the first folder of its key, which tells what it is for. */
function s3Operation(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://s3')
  const [, , ...key] = decodeURIComponent(pathname).split('/')
  const sub = ['versioning', 'publicAccessBlock', 'encryption', 'lifecycle', 'tagging', 'policy', 'versions'].find(
    (name) => searchParams.has(name),
  )
  const verb = { PUT: 'Put', GET: 'Get', HEAD: 'Head', DELETE: 'Delete', POST: 'Post' }[method] ?? method
  if (key.join('') !== '') return `${verb}Object ${kindOfKey(key)}`
  return `${verb}Bucket${sub === undefined ? '' : ` ${sub}`}`
}

function kindOfKey([first = '', second]: readonly string[]): string {
  return /-(dev|test|stage|prod)-/.test(first) && second !== undefined ? second : first
}
