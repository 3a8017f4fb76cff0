import type { Call, Protocol } from './wire.js'

export type RefusedAs = 'throttled' | 'broken' | 'unavailable' | 'skewed' | 'expired'

interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** The codes under which AWS says it, per protocol ("Common errors" of each API; S3's "Error responses"). */
const codes: Record<RefusedAs, Record<Exclude<Protocol, 'http'>, readonly [number, string]>> = {
  throttled: {
    query: [400, 'Throttling'],
    json: [400, 'TooManyRequestsException'],
    rest: [429, 'TooManyRequestsException'],
    s3: [503, 'SlowDown'],
  },
  broken: {
    query: [500, 'InternalFailure'],
    json: [500, 'InternalErrorException'],
    rest: [500, 'ServiceException'],
    s3: [500, 'InternalError'],
  },
  unavailable: {
    query: [503, 'ServiceUnavailable'],
    json: [503, 'ServiceUnavailableException'],
    rest: [503, 'ServiceUnavailableException'],
    s3: [503, 'ServiceUnavailable'],
  },
  skewed: {
    query: [400, 'RequestExpired'],
    json: [400, 'InvalidSignatureException'],
    rest: [403, 'InvalidSignatureException'],
    s3: [403, 'RequestTimeTooSkewed'],
  },
  expired: {
    query: [403, 'ExpiredToken'],
    json: [400, 'ExpiredTokenException'],
    rest: [403, 'ExpiredTokenException'],
    s3: [400, 'ExpiredToken'],
  },
}
const messages: Record<RefusedAs, string> = {
  throttled: 'Rate exceeded',
  broken: 'We encountered an internal error. Please try again.',
  unavailable: 'Service is unable to handle request.',
  skewed: 'The difference between the request time and the current time is too large.',
  expired: 'The security token included in the request is expired',
}

/** What the real service would answer. */
export function refusal(refused: RefusedAs, { protocol }: Call): Answer {
  const message = messages[refused]
  const [status, code] = codes[refused][protocol === 'http' ? 'rest' : protocol]
  const aheadMs = refused === 'skewed' ? 60 * 60_000 : 0
  const headers = {
    date: new Date(Date.now() + aheadMs).toUTCString(),
    'x-amzn-requestid': 'fault',
    connection: 'close',
  }
  if (protocol === 'query') {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
    const body = `<ErrorResponse>${error}<RequestId>fault</RequestId></ErrorResponse>`
    return { status, headers: { ...headers, 'content-type': 'text/xml' }, body }
  }
  if (protocol === 's3') {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
    return { status, headers: { ...headers, 'content-type': 'application/xml' }, body }
  }
  const body = JSON.stringify({ __type: code, message, Message: message })
  return {
    status,
    headers: { ...headers, 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code },
    body,
  }
}
