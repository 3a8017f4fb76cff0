import { describe, expect, it } from '@jest/globals'
import type { StackStatus } from '../../../scripts/core/stack-state.js'
import { DeployError } from '../../../scripts/errors.js'
import { settleForFunction, settleStack, verifyDeployable } from '../../../scripts/flows/stack/settle-stack.js'
import type { StackResource, Stacks } from '../../../scripts/ports.js'
import { fakeContext, fakeStack, fakeStep } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'
import { resourceOf, scriptedStack, writesOf } from '../../support/scripted-stacks.js'

const { arn } = fakeStack()

describe('settling a stack to deploy', () => {
  it('deletes what is left of a creation whose rollback it waited for', async () => {
    const states: StackStatus[] = ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'ROLLBACK_COMPLETE', 'DELETE_COMPLETE']
    const context = scriptedStack({ states })
    expect((await settleStack(fakeStep(), context)).stack).toBeUndefined()
    expect(writesOf(context)).toEqual([`stacks.deleteStack(${arn})`])
  })

  it('names what blocks the deletion of the remains, and the teardown that ends it', async () => {
    const states: StackStatus[] = ['ROLLBACK_FAILED', 'DELETE_FAILED']
    const bucket = { id: 'x', at: new Date(0), stackName: 's', logicalId: 'Forms', physicalId: 'forms' }
    const events = [{ ...bucket, type: 'AWS::S3::Bucket', status: 'DELETE_FAILED', reason: 'not empty' }]
    // Something wrote into it after it was looked at.
    const error = await rejectedBy(settleStack(fakeStep(), scriptedStack({ states, events, buckets: { forms: 1 } })))
    expect(error.code).toBe('StackFailed')
    expect(error.facts).toEqual([{ label: 'Forms', text: 'the bucket forms holds 1 object, 1 byte' }])
    expect(error.hint).toBe('make rs-nuke-buckets ENV=dev ORG=myorg, then make rs-teardown ENV=dev ORG=myorg continues')
  })

  it('names the bucket that blocks a deletion, and what empties it', async () => {
    const resources = [resourceOf('Forms', 'AWS::S3::Bucket', 'DELETE_FAILED', { reason: 'not empty' })]
    const script = { states: ['DELETE_FAILED'] as StackStatus[], resources, buckets: { forms: 12 } }
    const words = wordsOf(await rejectedBy(settleStack(fakeStep(), scriptedStack(script))))
    expect(words).toContain('the bucket forms holds 12 objects, 12 bytes: make rs-nuke-buckets ENV=dev ORG=myorg')
    const prod = scriptedStack({ ...script, target: { env: 'prod', org: 'myorg' } })
    expect(wordsOf(await rejectedBy(settleStack(fakeStep(), prod)))).not.toContain('rs-nuke')
  })

  it('deletes no remains that hold data in a nested stack', async () => {
    const inside = [resourceOf('Forms', 'AWS::S3::Bucket', 'CREATE_COMPLETE')]
    const outside = [resourceOf('Data', 'AWS::CloudFormation::Stack', 'CREATE_FAILED')]
    const resources: Stacks['resources'] = async (name) => (name === arn ? outside : inside)
    const script = { states: ['CREATE_FAILED'] as StackStatus[], buckets: { forms: 12 }, over: { resources } }
    const context = scriptedStack(script)
    const error = await rejectedBy(settleStack(fakeStep(), context))
    expect([error.code, error.facts.map(({ label }) => label)]).toEqual(['Refused', ['Data/Forms']])
    expect(writesOf(context)).toEqual([])
  })

  it('leaves the remains alone that somebody protected', async () => {
    const context = scriptedStack({ states: ['ROLLBACK_COMPLETE'], stack: { terminationProtected: true } })
    const error = await rejectedBy(settleStack(fakeStep(), context))
    expect([error.code, error.hint]).toEqual([
      'StackState',
      'make rs-teardown ENV=dev ORG=myorg lifts that and deletes it',
    ])
    expect(writesOf(context)).toEqual([])
  })

  it('has the deletion of remains confirmed in prod', async () => {
    const script = { states: ['ROLLBACK_COMPLETE'] as StackStatus[], target: { env: 'prod', org: 'myorg' } as const }
    const context = scriptedStack({ ...script, inputs: {}, answer: 'no' })
    expect((await rejectedBy(settleStack(fakeStep(), context))).code).toBe('Declined')
    expect(writesOf(context)).toEqual([])
  })

  it('counts again in prod after it was confirmed: data may have come in meanwhile', async () => {
    const buckets: Record<string, number> = {}
    const resources = [resourceOf('Forms', 'AWS::S3::Bucket', 'CREATE_COMPLETE')]
    const target = { env: 'prod', org: 'myorg' } as const
    const context = scriptedStack({ states: ['ROLLBACK_FAILED'], resources, buckets, target, inputs: {} })
    const ask = async (): Promise<string> => {
      buckets['forms'] = 1
      return 'prod/myorg'
    }
    const prompts = { interactive: true, ask, askHidden: ask }
    const error = await rejectedBy(settleStack(fakeStep(), { ...context, ports: { ...context.ports, prompts } }))
    expect([error.code, buckets, writesOf(context)]).toEqual(['Refused', { forms: 1 }, []])
  })

  it('is refused for what remains hold before anything is built', async () => {
    const resources = [resourceOf('Forms', 'AWS::S3::Bucket', 'CREATE_COMPLETE')]
    const full = scriptedStack({ states: ['ROLLBACK_FAILED'], resources, buckets: { forms: 1 } })
    expect((await rejectedBy(verifyDeployable(full))).facts).toMatchObject([{ label: 'Forms' }])
    await verifyDeployable(scriptedStack({ states: ['ROLLBACK_FAILED'], resources }))
  })

  it('counts what cannot be counted for data', async () => {
    const resources = [resourceOf('Secret', 'AWS::SecretsManager::Secret', 'CREATE_COMPLETE')]
    const error = await rejectedBy(settleStack(fakeStep(), scriptedStack({ states: ['CREATE_FAILED'], resources })))
    expect([error.code, error.facts[0]?.label]).toEqual(['Refused', 'Secret'])
  })

  const secret = { type: 'AWS::SecretsManager::Secret', resources: [] as StackResource[] }
  secret.resources = [resourceOf('Secret', secret.type, 'CREATE_COMPLETE')]
  it('names the teardown first where the template keeps what is in there, and loses nothing', async () => {
    const keeping = { Resources: { Secret: { Type: secret.type, DeletionPolicy: 'RetainExceptOnCreate' } } }
    const over = { template: async () => JSON.stringify(keeping) }
    const kept = scriptedStack({ states: ['ROLLBACK_FAILED'], resources: secret.resources, over })
    expect((await rejectedBy(verifyDeployable(kept))).hint).toMatch(/^make rs-teardown ENV=dev ORG=myorg, which keeps/)
    const gone = scriptedStack({ states: ['ROLLBACK_FAILED'], resources: secret.resources })
    const { hint } = await rejectedBy(verifyDeployable(gone))
    expect(hint).not.toContain('rs-teardown')
    expect(hint).toContain('ALLOW_DATA_LOSS=Secret if it is gone, or may go')
  })

  it('deletes remains that nobody can count where they are named, and only those; in prod typed', async () => {
    const states: StackStatus[] = ['ROLLBACK_FAILED', 'DELETE_COMPLETE']
    const bucket = resourceOf('Forms', 'AWS::S3::Bucket', 'CREATE_COMPLETE')
    const resources = [...secret.resources, bucket]
    const named = { states, resources, inputs: { ALLOW_DATA_LOSS: 'Secret,Forms', YES: 'true' } }
    const full = scriptedStack({ ...named, buckets: { forms: 1 } })
    expect((await rejectedBy(settleStack(fakeStep(), full))).facts.map(({ label }) => label)).toEqual(['Forms'])
    const context = scriptedStack(named)
    expect((await settleStack(fakeStep(), context)).changed).toBe(true)
    expect(writesOf(context)).toEqual([`stacks.deleteStack(${arn})`])
    const prod = scriptedStack({ ...named, target: { env: 'prod', org: 'myorg' } })
    expect((await rejectedBy(settleStack(fakeStep(), prod))).code).toBe('Declined')
    expect(writesOf(prod)).toEqual([])
  })

  it('takes a failed look for a failure, never for an absent stack', async () => {
    const describeFails = { describe: async () => Promise.reject(new DeployError('AwsFailed', 'denied')) }
    const context = fakeContext({ ports: (calls) => ({ stacks: fakePort<Stacks>('stacks', describeFails, calls) }) })
    expect((await rejectedBy(settleStack(fakeStep(), context))).code).toBe('AwsFailed')
    expect((await rejectedBy(settleForFunction(fakeStep(), context))).code).toBe('AwsFailed')
  })
})
