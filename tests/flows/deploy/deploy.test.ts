import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { deploy } from '../../../scripts/flows/deploy/deploy.js'
import { gatherFacts } from '../../../scripts/flows/deploy/deployment-facts.js'
import type { Account, Functions, Stacks, UserPools } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { receipt, stored } from '../../support/fake-ledger.js'
import { deploymentsBucket } from '../../support/fake-ledger.js'
import { key, lockOf } from '../../support/fake-lock.js'
import { type PoolWorld, fakeUser, memoryPool } from '../../support/fake-pool.js'
import { fakePort, fakeSam, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'

const email = 'admin@myorg.com'
const password = 'Correct-Horse-1'
const stack = fakeStack({ outputs: { CognitoUserPoolId: 'pool', CognitoClientId: 'client' } })
const build = '.aws-sam-dev-myorg/build.json'
const writes = ({ calls }: FakeContext): string[] =>
  calls.filter((call) => !call.startsWith('files.') && /\.(put|create|set|add|execute|delete|update|remove)/.test(call))

/** A target whose last release is of this very checkout, locked by a person. */
async function unchangedTarget(pool: PoolWorld): Promise<FakeContext> {
  const files: Record<string, string> = {
    'template.yaml': readFileSync('template.yaml', 'utf8'),
    'backend/rawscribe/main.py': 'x = 1',
    'backend/layers/dependencies/requirements.txt': 'x',
    'infra/.config/lambda/dev.json': '{}',
  }
  const objects: Record<string, string> = {}
  const context = fakeContext({
    inputs: { ADMIN_USERNAME: email, ADMIN_PASSWORD: password },
    ports: (calls) => ({
      files: memoryFiles(files, calls),
      buckets: memoryBuckets(objects, calls, async (name) => (name === deploymentsBucket ? 'ours' : 'absent')),
      stacks: fakePort<Stacks>('stacks', { describe: async () => stack, resources: async () => [] }, calls),
      functions: fakePort<Functions>('functions', {}, calls),
      userPools: memoryPool(pool, calls),
    }),
  })
  Object.assign(context.ports.userPools, { findByName: async () => [] })
  const { inputs, sources } = await gatherFacts(context, false)
  const { arn, changedAt } = stack
  Object.assign(objects, stored(1, { ...receipt, inputs, stack: { arn, changedAt } }))
  objects[`${deploymentsBucket}/${key}`] = lockOf({ manual: true })
  const hashes = { inputs: '', place: inputs.place, template: sources.templateHash, code: sources.codeHash }
  files[build] = JSON.stringify({ ...hashes, builtAt: '2025-01-01T00:00:00.000Z', packages: [] })
  context.calls.length = 0
  return context
}
const as = (over: Partial<PoolWorld>): PoolWorld => ({
  users: [fakeUser(email)],
  groups: { ADMINS: [email] },
  passwords: { [email]: password },
  ...over,
})

describe('a run of what is deployed already', () => {
  it('writes nothing where the administrator is as wanted, whoever holds the target', async () => {
    const context = await unchangedTarget(as({}))
    const outcome = await deploy({ build: 'existing', force: false }, context)
    expect(outcome).toMatchObject({ kind: 'unchanged', release: 1, admin: email })
    expect(writes(context)).toEqual([])
  })

  it.each([
    ['is missing', as({ users: [] })],
    ['is not in ADMINS', as({ groups: { ADMINS: [] } })],
    ['does not sign in with this password', as({ passwords: { [email]: 'other' } })],
  ])('needs the lock where the administrator %s, and leaves it as it is without', async (what, pool) => {
    const context = await unchangedTarget(pool)
    const error = await rejectedBy(deploy({ build: 'existing', force: false }, context))
    expect([error.code, error.message]).toEqual(['Refused', expect.stringContaining('is locked by maria@laptop')])
    expect(JSON.stringify(context.events)).toContain(`the administrator ${email} ${what}`)
    expect(writes(context).filter((call) => call.startsWith('userPools.'))).toEqual([])
  })
})

describe('a deployer who may not give API Gateway its role', () => {
  it('changes nothing, and leaves no plan behind', async () => {
    const template = 'Resources: {Topic: {Type: AWS::SNS::Topic}}'
    const folder = '.aws-sam-dev-myorg'
    const files: Record<string, string> = {
      'template.yaml': template,
      [`${folder}/build/template.yaml`]: template,
      'infra/.config/lambda/dev.json': '{}',
    }
    const { sam, planned } = fakeSam(stack.arn, template)
    const context = fakeContext({
      inputs: { CREATE_BUCKETS: 'false' },
      ports: (calls) => ({
        files: memoryFiles(files, calls),
        buckets: memoryBuckets({}, calls, async () => 'ours'),
        functions: fakePort<Functions>('functions', {}, calls),
        userPools: fakePort<UserPools>('userPools', { findByName: async () => [] }, calls),
        ...sam,
        account: fakePort<Account>('account', {
          apiGatewayLogRole: async () => undefined,
          setApiGatewayLogRole: async () => Promise.reject(new Error('iam:CreateRole is denied')),
        }),
        stacks: fakePort<Stacks>('stacks', { ...planned, describe: async () => stack }, calls),
      }),
    })
    await expect(deploy({ build: 'fresh', force: false }, context)).rejects.toThrow('iam:CreateRole is denied')
    const done = writes(context).filter((call) => !/locks|lock/.test(call))
    expect(done).toEqual(['stacks.deleteChangeSet(arn:changeSet/samcli-deploy1, rawscribe-dev-myorg)'])
  })
})
