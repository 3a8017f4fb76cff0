import { describe, expect, it } from '@jest/globals'
import { nextAfter } from '../../scripts/commands/after-deploy.js'
import { fakeStack } from '../support/fake-context.js'

describe('what is offered after a deployment', () => {
  const withPool = fakeStack({ outputs: { CognitoUserPoolId: 'p' } })
  const where = { env: 'dev', org: 'myorg', hasForms: true } as const
  const first = { kind: 'deployed', release: 1, stack: withPool } as const

  it('is to fill a fresh target, before the page', () => {
    expect(nextAfter(first, 'offered', where)).toEqual([
      'make rs-bootstrap-testenv ENV=dev ORG=myorg',
      'make deploy-frontend ENV=dev ORG=myorg',
    ])
  })

  it.each([
    ['without a sign-in', { ...first, stack: fakeStack() }, where],
    ['without a place for SOPs', first, { ...where, hasForms: false }],
    ['in prod', first, { ...where, env: 'prod' as const }],
    ['that was there before', { ...first, release: 2 }, where],
  ])('is not to fill one %s', (_which, outcome, target) => {
    expect(nextAfter(outcome, 'there', target).map((text) => text.split(' ')[1])).toEqual(['check-rs'])
  })
})
