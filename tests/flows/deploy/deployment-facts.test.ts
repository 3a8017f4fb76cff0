import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { gatherFacts } from '../../../scripts/flows/deploy/deployment-facts.js'
import type { Functions, StackResource, Stacks, UserPools } from '../../../scripts/ports.js'
import { fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { place, stored } from '../../support/fake-ledger.js'
import { fakePort, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'
import { resourceOf } from '../../support/scripted-stacks.js'

const folder = 'infra/.config/lambda'

describe('the facts of a deployment', () => {
  const gather = (
    inputs: Inputs,
    stack = undefined as ReturnType<typeof fakeStack> | undefined,
    {
      resources = [],
      existing = [],
      cloud = {},
      objects = {},
    }: {
      resources?: StackResource[]
      existing?: string[]
      cloud?: object
      objects?: Record<string, string>
    } = {},
  ) => {
    const files = {
      'template.yaml': readFileSync('template.yaml', 'utf8'),
      'backend/rawscribe/main.py': 'x = 1',
      'backend/layers/dependencies/requirements.txt': 'x',
      [`${folder}/dev.json`]: '{}',
    }
    const context = fakeContext({
      inputs,
      cloud,
      ports: (calls) => ({
        files: memoryFiles(files, calls),
        buckets: memoryBuckets(objects, calls, async (name) => (existing.includes(name) ? 'ours' : 'absent')),
        stacks: fakePort<Stacks>('stacks', { describe: async () => stack, resources: async () => resources }, calls),
        functions: fakePort<Functions>('functions', { alias: async () => undefined }, calls),
        userPools: fakePort<UserPools>(
          'userPools',
          { findByName: async () => existing.filter((id) => id.startsWith('us-')) },
          calls,
        ),
      }),
    })
    return { facts: gatherFacts(context, false), calls: context.calls }
  }
  const writing = /\.(put|putNew|create\w*|execute\w*|delete\w*|update\w*|write|remove|publish|moveAlias|run)\(/

  it('of a fresh target say that it is not deployed, with every parameter and no write', async () => {
    const { facts, calls } = gather({})
    const { reasons, parameters, inputs, config } = await facts
    expect(reasons).toEqual(['not deployed yet'])
    expect(inputs.parameters).toMatchObject({ Environment: 'dev', Organization: 'myorg', CreateBuckets: 'true' })
    expect(parameters.map(({ name }) => name)).toContain('CognitoClientId')
    expect(JSON.parse(config.text)).toEqual({})
    expect(calls.filter((call) => writing.test(call))).toEqual([])
  })

  it('carry the permissions boundary of the environment, and else the one that the stack has', async () => {
    const [ours, theirs] = ['a', 'b'].map((name) => `arn:aws:iam::123456789012:policy/${name}`)
    const stack = fakeStack({ parameters: { PermissionsBoundary: theirs! } })
    const bounded = { cloud: { permissionsBoundary: ours } }
    const planned = await Promise.all(
      [gather({}), gather({}, stack), gather({}, stack, bounded)].map(
        async ({ facts }) => (await facts).inputs.parameters['PermissionsBoundary'],
      ),
    )
    expect(planned).toEqual(['', theirs, ours])
  })

  it('know the last release of this stack that was proved, whatever failed since', async () => {
    const failed = stored(2, { outcome: 'failed', failure: 'no' })
    const of = async (objects: Record<string, string>): Promise<(number | undefined)[]> => {
      const { receipt, live } = await gather({}, fakeStack(), { objects }).facts
      return [receipt?.release, live?.release]
    }
    expect(await of({ ...stored(1), ...failed })).toEqual([2, 1])
    expect(await of(stored(1))).toEqual([1, 1])
    expect(await of({ ...stored(1, { stack: { arn: 'another', changedAt: 'then' } }), ...failed })).toEqual([
      2,
      undefined,
    ])
    expect(await of({ ...stored(1), [place(2)]: '{' })).toEqual([undefined, undefined])
    const later = stored(3, { outcome: 'failed', failure: 'no' })
    expect(await of({ ...stored(1), [place(2)]: '{', ...later })).toEqual([3, undefined])
  })

  it('take the remains of a failed creation for no stack', async () => {
    const stack = fakeStack({ status: 'ROLLBACK_COMPLETE', parameters: { EnableAuth: 'false' } })
    const { reasons, stack: found, inputs } = await gather({}, stack).facts
    expect([reasons, found, inputs.parameters['EnableAuth']]).toEqual([['not deployed yet'], undefined, 'true'])
  })

  it('count what goes with the remains of a failed creation as gone, and what was there before as there', async () => {
    const [forms, eln] = ['forms', 'eln'].map((kind) => `rawscribe-${kind}-dev-myorg-123456789012`) as [string, string]
    const bucket = (physicalId: string, status: string): StackResource =>
      resourceOf(physicalId, 'AWS::S3::Bucket', status, { physicalId })
    const pool = resourceOf('Pool', 'AWS::Cognito::UserPool', 'CREATE_COMPLETE', { physicalId: 'us-1' })
    const stack = fakeStack({ status: 'CREATE_FAILED' })
    const existing = [forms, 'us-1']
    const { inputs } = await gather({}, stack, { resources: [bucket(forms, 'CREATE_COMPLETE'), pool], existing }).facts
    expect(inputs.parameters).toMatchObject({ CreateBuckets: 'true', ManageUserPool: 'true', CognitoUserPoolId: '' })
    const before = { resources: [bucket(forms, 'CREATE_COMPLETE'), bucket(eln, 'CREATE_FAILED')], existing: [eln] }
    expect((await rejectedBy(gather({}, stack, before).facts)).message).toContain(
      `only some of the 5 buckets exist: ${eln};`,
    )
  })

  it.each([
    [{ DOMAIN_NAME: 'a.b' }, 'CERTIFICATE_ARN is missing'],
    [{ ADMIN_USERNAME: 'a@b.c' }, 'the password is not'],
    [{ ADMIN_USERNAME: 'a@b.c', ADMIN_PASSWORD: 'weak' }, 'too weak'],
    [{ HEALTH_ATTEMPTS: 'many' }, 'HEALTH_ATTEMPTS=many'],
    [{ HEALTH_ATTEMPTS: '0' }, 'HEALTH_ATTEMPTS=0'],
    [{ CREATE_BUCKETS: 'false' }, 'does not exist'],
  ])('refuse %j before anything is written', async (inputs, message) => {
    const { facts, calls } = gather(inputs)
    const error = await rejectedBy(facts)
    expect(['Usage', 'Refused']).toContain(error.code)
    expect(error.message).toContain(message)
    expect(calls.filter((call) => writing.test(call))).toEqual([])
  })
})
