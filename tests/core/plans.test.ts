import { describe, expect, it } from '@jest/globals'
import { type BucketPresence, planBuckets } from '../../scripts/core/buckets-plan.js'
import { namesOf } from '../../scripts/core/names.js'
import { type BucketKey, bucketKeys, ownProject } from '../../scripts/core/project.js'
import { type ParameterFacts, isPassed, parameterRecord, planParameters } from '../../scripts/core/parameters.js'
import { planUserPool, verifyPairs } from '../../scripts/core/pool-plan.js'
import { thrownBy, wordsOf } from '../support/failures.js'

const names = namesOf({ env: 'dev', org: 'myorg' }, '123456789012', ownProject)
const all = (state: BucketPresence): Record<BucketKey, BucketPresence> =>
  Object.fromEntries(bucketKeys.map((key) => [key, state])) as Record<BucketKey, BucketPresence>
const some = { ...all('absent'), forms: 'ours', eln: 'ours' } as const

describe('the plan of the buckets', () => {
  const every = Object.values(names.buckets)
  it.each([
    ['nothing exists, nothing asked', all('absent'), [], undefined, true],
    ['nothing exists, true asked', all('absent'), [], 'true', true],
    ['all exist outside, nothing asked', all('ours'), [], undefined, false],
    ['all exist outside, false asked', all('ours'), [], 'false', false],
    ['the stack manages them, nothing asked', all('ours'), every, undefined, true],
    ['the stack manages them, true asked', all('ours'), every, 'true', true],
    ['the stack manages them, false asked', all('ours'), every, 'false', true],
    ['the stack manages one of them', { ...all('absent'), eln: 'ours' }, [names.buckets.eln], 'false', true],
    ['the stack manages a bucket of another name', all('absent'), ['other'], undefined, true],
    ['the stack manages a bucket of another name only', all('ours'), ['other'], undefined, false],
  ] as const)('decides: %s', (_case, presence, managed, wanted, create) => {
    expect(planBuckets({ names, presence, managed, wanted }).create).toBe(create)
  })

  it.each([
    ['they exist and are to be created', all('ours'), 'true', names.buckets.forms, 'CREATE_BUCKETS=false'],
    ['none exists and they are to be used', all('absent'), 'false', names.buckets.lambda, 'CREATE_BUCKETS=true'],
    ['some exist, nothing asked', some, undefined, names.buckets.drafts, 'make rs-adopt-buckets'],
    ['some exist and are to be created', some, 'true', names.buckets.eln, 'CREATE_BUCKETS=false'],
    ['some are missing and are to be used', some, 'false', names.buckets.lambda, 'CREATE_BUCKETS=true'],
    ['one is another account’s', { ...all('absent'), eln: 'foreign' }, undefined, 'another account', 'another ORG'],
    ['one lies elsewhere', { ...all('ours'), eln: 'other-region' }, 'false', 'in another region', 'region'],
  ] as const)('refuses, with names and a way out: %s', (_case, presence, wanted, named, hint) => {
    const error = thrownBy(() => planBuckets({ names, presence, managed: [], wanted }))
    expect(error.code).toBe('Refused')
    expect(error.message).toContain(named)
    expect(error.hint).toContain(hint)
  })

  it.each(['true', 'false', undefined] as const)('leaves none outside a stack that manages others: %s', (wanted) => {
    const managed = [names.buckets.eln, names.buckets.lambda]
    const { message, hint } = thrownBy(() => planBuckets({ names, presence: some, managed, wanted }))
    expect(message).toMatch(new RegExp(`exists: ${names.buckets.forms}$`))
    expect(hint).toContain('make rs-adopt-buckets')
  })

  it('lists exactly what exists and exactly what is missing', () => {
    const { message } = thrownBy(() => planBuckets({ names, presence: some, managed: [], wanted: undefined }))
    const [there = '', missing = ''] = message.split('missing')
    for (const key of bucketKeys) {
      expect(there.includes(names.buckets[key])).toBe(some[key] === 'ours')
      expect(missing.includes(names.buckets[key])).toBe(some[key] === 'absent')
    }
  })

  it('takes a bucket of ours in the stack for lost when it is another account’s now', () => {
    const presence = { ...all('ours'), forms: 'foreign' } as const
    expect(thrownBy(() => planBuckets({ names, presence, managed: every, wanted: undefined })).code).toBe('Refused')
  })
})

describe('the plan of the user pool', () => {
  const own = { ManageUserPool: 'true', UserPoolProtection: 'ACTIVE' }
  const fresh = { ManageUserPool: 'true', UserPoolProtection: 'INACTIVE' }
  const none = { ManageUserPool: 'false', UserPoolProtection: 'INACTIVE' }
  const outside = { CognitoUserPoolId: 'eu-west-1_abc' }
  it.each([
    ['a fresh stack makes one, unprotected while it is created', {}, undefined, false, fresh],
    ['a fresh stack with auth on makes one', { ENABLE_AUTH: 'true' }, undefined, false, fresh],
    ['a fresh stack with auth off makes none', { ENABLE_AUTH: 'false' }, undefined, false, none],
    ['a managed pool stays with auth off', { ENABLE_AUTH: 'false' }, { EnableAuth: 'true' }, true, own],
    ['a managed pool stays when nothing is passed', {}, { EnableAuth: 'false' }, true, own],
    ['a stack without one gets one when auth goes on', { ENABLE_AUTH: 'true' }, { EnableAuth: 'false' }, false, fresh],
    ['a stack without auth gets none', {}, { EnableAuth: 'false' }, false, none],
    ['a pool from outside is used', { COGNITO_USER_POOL_ID: 'eu-west-1_abc' }, undefined, false, none],
    ['a pool from outside stays in use', {}, { EnableAuth: 'true', ...outside }, false, none],
  ])('%s', (_case, inputs, stack, managed, expected) => {
    expect(planUserPool({ inputs, stack, managed })).toEqual(expected)
  })

  it('refuses to cut off the users of a pool that the stack manages', () => {
    const inputs = { COGNITO_USER_POOL_ID: 'eu-west-1_abc' }
    const error = thrownBy(() => planUserPool({ inputs, stack: {}, managed: true }))
    expect(error.code).toBe('Refused')
    expect(error.message).toContain('eu-west-1_abc')
  })

  it.each([
    [{ DOMAIN_NAME: 'a.b' }, 'CERTIFICATE_ARN'],
    [{ CERTIFICATE_ARN: 'arn' }, 'DOMAIN_NAME'],
    [{ COGNITO_USER_POOL_ID: 'x' }, 'COGNITO_CLIENT_ID'],
    [{ COGNITO_CLIENT_ID: 'x' }, 'COGNITO_USER_POOL_ID'],
  ])('names the missing half of a pair: %j', (inputs, missing) => {
    const error = thrownBy(() => verifyPairs(inputs))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(`${missing} is missing`)
    expect(error.hint).toBe(`${missing}=…`)
  })

  it('accepts both halves and none', () => {
    expect(() => verifyPairs({})).not.toThrow()
    expect(() => verifyPairs({ DOMAIN_NAME: 'a.b', CERTIFICATE_ARN: 'arn' })).not.toThrow()
  })
})

describe('the parameters', () => {
  const template = {
    Parameters: {
      Environment: { Type: 'String' },
      Organization: { Type: 'String' },
      EnableAuth: { Type: 'String', Default: 'true' },
      CreateBuckets: { Type: 'String', Default: 'true' },
      DomainName: { Type: 'String', Default: '' },
      Retention: { Type: 'Number', Default: 30 },
    },
    Resources: {},
  }
  const target = { env: 'dev', org: 'myorg' } as const
  const facts: ParameterFacts = { target, inputs: {}, template, names: {}, stack: undefined, decided: {} }
  const from = (over: Partial<ParameterFacts>) =>
    planParameters({ ...facts, ...over }).map(({ name, value, from: origin }) => `${name}=${value} ${origin}`)

  it('are all passed, a fresh stack’s with the template’s defaults', () => {
    expect(from({})).toEqual([
      'Environment=dev target',
      'Organization=myorg target',
      'EnableAuth=true default',
      'CreateBuckets=true default',
      'DomainName= default',
      'Retention=30 default',
    ])
  })

  it('are what the stack has where nothing is given', () => {
    expect(from({ stack: { EnableAuth: 'false', Retention: '90' } })).toEqual(
      expect.arrayContaining(['EnableAuth=false stack', 'Retention=90 stack', 'DomainName= default']),
    )
  })

  it('are decided before they are given, and given before the stack’s', () => {
    const stack = { EnableAuth: 'true', CreateBuckets: 'true', Organization: 'other' }
    const planned = from({ stack, inputs: { ENABLE_AUTH: 'false' }, decided: { CreateBuckets: 'false' } })
    expect(planned).toEqual(expect.arrayContaining(['EnableAuth=false given', 'CreateBuckets=false decided']))
    expect(planned).toContain('Organization=myorg target')
  })

  it('that are secret and that only the stack knows are not passed on: what is shown of them is a mask', () => {
    const secret = {
      ...template,
      Parameters: { ...template.Parameters, Key: { Type: 'String', NoEcho: true, Default: 'x' } },
    }
    const passed = (stack: Record<string, string> | undefined) =>
      planParameters({ ...facts, template: secret, stack })
        .filter(isPassed)
        .map(({ name }) => name)
    expect(passed({ Key: '****' })).not.toContain('Key')
    expect(passed({ Key: '****' })).toContain('Retention')
    expect(passed(undefined)).toContain('Key')
  })

  it('that the environment names win over the stack’s', () => {
    const planned = from({ stack: { DomainName: 'of.stack' }, place: { DomainName: 'of.place' } })
    expect(planned).toContain('DomainName=of.place place')
  })

  it('of the stack that the template no longer has are dropped', () => {
    expect(parameterRecord(planParameters({ ...facts, stack: { Gone: 'x' } }))).not.toHaveProperty('Gone')
  })

  it('without a value are refused by name', () => {
    const broken = { Parameters: { Secret: { Type: 'String' } }, Resources: {} }
    const error = thrownBy(() => planParameters({ ...facts, template: broken }))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain('Secret')
  })

  const constrained = (AllowedPattern: string, values: Record<string, string>) => () =>
    planParameters({
      ...facts,
      stack: values,
      template: { Parameters: { [Object.keys(values)[0]!]: { Type: 'String', AllowedPattern } }, Resources: {} },
    })

  it('that do not fit are refused with their value, a secret one without it', () => {
    expect(thrownBy(constrained('[0-9]+', { Retention: 'long' })).message).toContain('Retention=long (stack)')
    const error = thrownBy(constrained('[0-9]+', { ApiToken: 'geheim' }))
    expect([error.code, error.message]).toEqual(['Usage', expect.stringContaining('ApiToken=')])
    expect(wordsOf(error)).not.toContain('geheim')
  })

  it.each(['(?i)[a-z]+', '[a-z]++', String.raw`\A[a-z]+\z`, '[a-z&&[^b]]+'])(
    'are left to CloudFormation where the pattern is one of Java’s only: %s',
    (pattern) => expect(constrained(pattern, { DomainName: 'ABC' })).not.toThrow(),
  )

  it.each(['"', "'", '\\', '\n', '\r'])('that hold %j cannot be passed on and are refused', (odd) => {
    const error = thrownBy(() => planParameters({ ...facts, inputs: { DOMAIN_NAME: `a${odd}b` } }))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain('DomainName')
  })

  it.each(['a b', '$(x)', '$HOME', 'a;b', 'a=b', 'a,b', 'ü'])('that hold %j are passed', (value) => {
    expect(from({ inputs: { DOMAIN_NAME: value } })).toContain(`DomainName=${value} given`)
  })
})
