import { describe, expect, it } from '@jest/globals'
import type { Part } from '../../../scripts/flows/take-down/remains.js'
import { takeDown } from '../../../scripts/flows/take-down/take-down.js'
import { type FakeContext, account } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { resource, worldOf } from '../../support/fake-remains.js'

const forms = `rawscribe-forms-dev-myorg-${account}`
const deployments = `rawscribe-sam-deployments-${account}`
const everything: Part[] = ['stack', 'buckets', 'pool', 'logs', 'releases']
const bucketResource = resource('FormsBucket', 'AWS::S3::Bucket', forms)
const writes = ({ calls }: FakeContext): string[] =>
  calls.filter((call) => /\.(allow|delete|remove|lift|put|update)\w*\(/.test(call))

describe('a take-down', () => {
  it('counts again once it was confirmed: data may have come in meanwhile', async () => {
    const buckets: Record<string, string[]> = { [forms]: [] }
    const context = worldOf({ stack: {}, resources: [bucketResource], buckets, inputs: {} })
    const ask = async (): Promise<string> => {
      buckets[forms] = ['x']
      return 'dev/myorg'
    }
    const prompts = { interactive: true, ask, askHidden: ask }
    const error = await rejectedBy(takeDown(['stack'], { ...context, ports: { ...context.ports, prompts } }))
    expect([error.code, writes(context)]).toEqual(['Refused', []])
  })

  it('takes what nobody can count with the stack only where it is named', async () => {
    const resources = [resource('Queue', 'AWS::SQS::Queue', 'q')]
    const refused = await rejectedBy(takeDown(['stack'], worldOf({ stack: {}, resources })))
    expect(refused.hint).toContain('ALLOW_DATA_LOSS=Queue')
    const named = worldOf({ stack: {}, resources, inputs: { YES: 'true', ALLOW_DATA_LOSS: 'Queue' } })
    expect((await takeDown(['stack'], named)).kind).toBe('taken-down')
  })

  it('forgets a shift that was left half way, with its stack and also where only that is left', async () => {
    const journal = 'locks/rawscribe-dev-myorg.shift.json'
    const other = 'locks/rawscribe-dev-myorg2.shift.json'
    for (const stack of [{}, undefined]) {
      const buckets = { [deployments]: [journal, other] }
      const context = worldOf({ buckets, ...(stack === undefined ? {} : { stack }) })
      expect((await takeDown(everything, context)).kind).toBe('taken-down')
      expect(context.world.buckets[deployments]).toEqual([other])
    }
  })
})
