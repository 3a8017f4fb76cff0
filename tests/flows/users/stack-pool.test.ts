import { describe, expect, it } from '@jest/globals'
import { findStackPool } from '../../../scripts/flows/users/stack-pool.js'
import type { Stack, Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { memoryPool } from '../../support/fake-pool.js'
import { fakePort } from '../../support/fake-ports.js'
import { rejectedBy } from '../../support/failures.js'

const outputs = { CognitoUserPoolId: 'pool', CognitoClientId: 'client' }

function withPool(name: string, stacks: Stack[] = [fakeStack({ outputs })]): FakeContext {
  return fakeContext({
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', { describe: async () => stacks[0] }, calls),
      userPools: memoryPool({ name }, calls),
    }),
  })
}

describe('the pool of a target', () => {
  it('is the one that the stack names', async () => {
    expect(await findStackPool(withPool('shared-pool'))).toMatchObject({ poolId: 'pool', clientId: 'client' })
  })

  it('of another target is refused', async () => {
    const error = await rejectedBy(findStackPool(withPool('rawscribe-dev-myorg2-userpool')))
    expect([error.code, error.message]).toEqual(['Refused', expect.stringContaining('dev/myorg2')])
  })

  it('of another target is refused by the names that the project gives its pools', async () => {
    const context = withPool('people-of-myorg2-in-dev')
    const names = { ...context.project.names, userPool: 'people-of-{org}-in-{env}' }
    const error = await rejectedBy(findStackPool({ ...context, project: { ...context.project, names } }))
    expect([error.code, error.message]).toEqual(['Refused', expect.stringContaining('dev/myorg2')])
  })

  it.each([
    [[fakeStack()], 'has no user pool', 'ENABLE_AUTH=true'],
    [[], 'is not deployed', 'make rs-deploy ENV=dev ORG=myorg'],
  ])('that is not there is said: %#', async (stacks, message, hint) => {
    const error = await rejectedBy(findStackPool(withPool('', stacks)))
    expect([error.code, error.message, error.hint]).toEqual([
      'NotDeployed',
      expect.stringContaining(message),
      expect.stringContaining(hint),
    ])
  })
})
