import { describe, expect, it } from '@jest/globals'
import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerWithin } from '../../scripts/adapters/aws/clients.js'
import { readQuotas } from '../../scripts/adapters/aws/quotas.js'
import type { QuotaKind } from '../../scripts/core/quotas.js'
import type { QuotaReading } from '../../scripts/ports.js'

interface Answer {
  status: number
  body: string
}
const json = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) })
const denied = json({ __type: 'AccessDeniedException', message: 'not authorized' }, 403)

interface Asked {
  target: string
  url: string
  region: string
  body: string
}

/** An account that answers each request, and keeps what it was asked. */
async function account(
  answer: (asked: Asked) => Answer | undefined,
  kinds: QuotaKind[],
): Promise<{ reading: QuotaReading; asked: Asked[] }> {
  const asked: Asked[] = []
  const server: Server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const target =
        String(request.headers['x-amz-target'] ?? '')
          .split('.')
          .at(-1) ?? ''
      const region = /Credential=\w+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''
      const one = { target, url: request.url ?? '', region, body }
      asked.push(one)
      const { status, body: text } = answer(one) ?? json({ __type: 'UnknownOperationException' }, 400)
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const config = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    maxAttempts: 8,
    retryMode: 'standard' as const,
    requestHandler: answerWithin,
  }
  try {
    return { reading: await readQuotas(config, kinds), asked }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

const pools = (from: number, next?: string): Answer =>
  json({ UserPools: Array.from({ length: 60 }, (_, i) => ({ Id: `p${from + i}` })), NextToken: next })

describe('a quota of the account', () => {
  it('is its own value, with what is in use counted page by page', async () => {
    const { reading, asked } = await account(
      ({ target, body }) => {
        if (target === 'GetServiceQuota') return json({ Quota: { Value: 2500 } })
        return body.includes('"NextToken":"2"') ? pools(60) : pools(0, '2')
      },
      ['pools'],
    )
    expect(reading).toEqual({ quotas: [{ kind: 'pools', used: 120, limit: 2500 }], unread: [] })
    expect(asked.map(({ target }) => target).sort()).toEqual(['GetServiceQuota', 'ListUserPools', 'ListUserPools'])
  })

  it('is AWS’s default where the account has no value of its own', async () => {
    const { reading } = await account(
      ({ target }) => {
        if (target === 'GetServiceQuota') return json({ __type: 'NoSuchResourceException' }, 400)
        return target === 'ListUserPools' ? pools(0) : json({ Quota: { Value: 1000 } })
      },
      ['pools'],
    )
    expect(reading.quotas).toEqual([{ kind: 'pools', used: 60, limit: 1000 }])
  })

  it('that is global is read where the partition keeps it', async () => {
    const { reading, asked } = await account(
      ({ target, url }) => {
        if (target === 'GetServiceQuota') return json({ Quota: { Value: 200 } })
        const body =
          '<DistributionList><Quantity>1</Quantity><Items><DistributionSummary><Id>E</Id></DistributionSummary></Items></DistributionList>'
        return url.includes('distribution') ? { status: 200, body } : undefined
      },
      ['distributions'],
    )
    expect(reading.quotas).toEqual([{ kind: 'distributions', used: 1, limit: 200 }])
    expect(asked.find(({ target }) => target === 'GetServiceQuota')?.region).toBe('us-east-1')
  })

  it('counts regional APIs only, and the concurrency that others must keep', async () => {
    const { reading } = await account(
      ({ target, url }) => {
        if (target === 'GetServiceQuota') return json({ Quota: { Value: 600 } })
        if (url.includes('restapis')) {
          const items = [['REGIONAL'], ['EDGE']].map((types) => ({ endpointConfiguration: { types } }))
          return json({ item: items })
        }
        return json({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 950 } })
      },
      ['apis', 'concurrency'],
    )
    expect(reading.quotas).toEqual([
      { kind: 'apis', used: 1, limit: 600 },
      { kind: 'concurrency', used: 150, limit: 1000 },
    ])
  })

  it('that may not be read is named, and asked for once', async () => {
    const { reading, asked } = await account(() => denied, ['pools', 'codeStorage', 'roles'])
    expect(reading).toEqual({ quotas: [], unread: ['pools', 'codeStorage', 'roles'] })
    expect(asked).toHaveLength(4)
  })

  it('that has too many pages to count is given up', async () => {
    const { reading, asked } = await account(
      ({ target }) => {
        return target === 'GetServiceQuota' ? json({ Quota: { Value: 9000 } }) : pools(0, 'more')
      },
      ['pools'],
    )
    expect(reading.unread).toEqual(['pools'])
    expect(asked).toHaveLength(41)
  })
})
