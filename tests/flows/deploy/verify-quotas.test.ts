import { describe, expect, it } from '@jest/globals'
import type { QuotaReading } from '../../../scripts/ports.js'
import { type QuotaKind } from '../../../scripts/core/quotas.js'
import { verifyQuotas } from '../../../scripts/flows/deploy/verify-quotas.js'
import type { Account } from '../../../scripts/ports.js'
import { rejectedBy } from '../../support/failures.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'

const template = {
  Resources: { A: { Type: 'AWS::S3::Bucket' }, B: { Type: 'AWS::S3::Bucket' }, R: { Type: 'AWS::IAM::Role' } },
}
const asked: QuotaKind[] = []

function world(reading: QuotaReading, kind: 'aws' | 'local' = 'aws'): FakeContext {
  const quotas: Account['quotas'] = async (kinds) => {
    asked.splice(0, asked.length, ...kinds)
    return reading
  }
  return fakeContext({
    cloud: { kind },
    ports: (calls) => ({ account: fakePort<Account>('account', { quotas }, calls) }),
  })
}
const said = ({ events }: FakeContext): string[] =>
  events.flatMap((event) => (event.type === 'note' || event.type === 'warning' ? [`${event.type}: ${event.text}`] : []))

describe('the quotas before a first deployment', () => {
  it('are asked for what the stack makes, and said nothing of where there is room', async () => {
    const context = world({ quotas: [{ kind: 'buckets', used: 3, limit: 100 }], unread: [] })
    await verifyQuotas(template, [], context)
    expect(asked).toEqual(['stacks', 'buckets', 'roles'])
    expect(said(context)).toEqual([])
  })

  it('refuse what they would not take, with what is used, what is added and how to raise them', async () => {
    const context = world({
      quotas: [
        { kind: 'buckets', used: 99, limit: 100 },
        { kind: 'roles', used: 1000, limit: 1000 },
      ],
      unread: [],
    })
    const error = await rejectedBy(verifyQuotas(template, [], context))
    expect([error.code, error.facts]).toEqual([
      'Refused',
      [
        { label: 'S3 buckets', text: '99 of 100 used, this stack adds 2 (L-DC2B2D3D)' },
        { label: 'IAM roles', text: '1000 of 1000 used, this stack adds 1 (L-FE177D64)' },
      ],
    ])
    expect(error.hint).toContain('--service-code s3 --quota-code L-DC2B2D3D --desired-value 150')
  })

  it('are warned of when they are nearly used', async () => {
    const context = world({ quotas: [{ kind: 'stacks', used: 1900, limit: 2000 }], unread: [] })
    await verifyQuotas(template, [], context)
    expect(said(context)).toEqual(['warning: CloudFormation stacks: 1900 of 2000 used before this first deployment'])
  })

  it('stop nothing where they cannot be read: one line names them', async () => {
    const context = world({ quotas: [], unread: ['stacks', 'roles'] })
    await verifyQuotas(template, [], context)
    expect(said(context)).toEqual(['note: quotas unread: CloudFormation stacks, IAM roles'])
  })

  it('are not asked for on the local AWS, which has none', async () => {
    const context = world({ quotas: [], unread: ['stacks'] }, 'local')
    await verifyQuotas(template, [], context)
    expect([context.calls, said(context)]).toEqual([[], []])
  })
})
