import { describe, expect, it } from '@jest/globals'
import { isRole, parseEnvironments, verifyAccount } from '../../scripts/core/environments-file.js'
import { thrownBy } from '../support/failures.js'

describe('infra/environments.json', () => {
  it('says where each environment lives and who deploys there', () => {
    const text = JSON.stringify({
      dev: {},
      prod: {
        account: '123456789012',
        region: 'eu-west-1',
        profile: 'prod',
        role: 'arn:aws:iam::123456789012:role/deploy/rawscribe-deployer',
        externalId: 'ours',
        cloudFormationRole: 'arn:aws:iam::123456789012:role/rawscribe-cloudformation',
        permissionsBoundary: 'arn:aws:iam::123456789012:policy/acme-boundary',
      },
    })
    expect(parseEnvironments(text)).toMatchObject({ dev: {}, prod: { region: 'eu-west-1' } })
  })

  it.each([
    ['{"prod": {"account": "1"},}', ':1:26 a comma before the closing bracket is not JSON'],
    ['{"prod": {"account": "1"}}', ': prod.account is an account id of 12 digits'],
    ['{"prod": {"account": 123456789012}}', ': prod.account'],
    ['{"prod": {"region": "Ireland"}}', ': prod.region is a region'],
    ['{"prod": {"role": "deployer"}}', ': prod.role is the ARN of a role'],
    ['{"prod": {"permissionsBoundary": "acme"}}', ': prod.permissionsBoundary is the ARN of a policy'],
    ['{"prod": {"acount": "123456789012"}}', 'acount'],
    ['{"production": {}}', 'production'],
    ['[]', 'infra/environments.json: '],
  ])('%s is refused with its place', (text, message) => {
    expect(thrownBy(() => parseEnvironments(text))).toMatchObject({
      code: 'Usage',
      message: expect.stringContaining(message) as unknown,
      hint: expect.stringContaining('docs/accounts.md') as unknown,
    })
  })
})

describe('a run meets the account that its environment lives in', () => {
  const caller = { account: '210987654321', arn: 'arn:aws:iam::210987654321:user/me' }

  it('or stops, with both accounts', () => {
    const entry = { account: '123456789012', profile: 'prod' }
    expect(thrownBy(() => verifyAccount('prod', entry, caller, 'eu-west-1'))).toMatchObject({
      code: 'Refused',
      message: 'prod lives in account 123456789012, these credentials are of 210987654321',
      hint: expect.stringContaining('aws sso login --profile prod') as unknown,
    })
  })

  it('and its region, or stops with both', () => {
    expect(thrownBy(() => verifyAccount('prod', { region: 'eu-west-1' }, caller, 'us-east-1'))).toMatchObject({
      code: 'Refused',
      message: 'prod lives in eu-west-1, this run goes to us-east-1',
    })
  })

  it.each([{}, { account: '210987654321' }, { region: 'eu-west-1' }])('%j lets it go on', (entry) => {
    expect(() => verifyAccount('prod', entry, caller, 'eu-west-1')).not.toThrow()
  })
})

describe('a caller is a role already', () => {
  const session = 'arn:aws:sts::123456789012:assumed-role/deployer/me'
  it.each([
    ['arn:aws:iam::123456789012:role/deployer', true],
    ['arn:aws:iam::123456789012:role/teams/deployer', true],
    ['arn:aws:iam::123456789012:role/deployer2', false],
    ['arn:aws:iam::210987654321:role/deployer', false],
  ])('%s: %s', (role, same) => expect(isRole(session, role)).toBe(same))
  it('never as a user', () =>
    expect(isRole('arn:aws:iam::1:user/deployer', 'arn:aws:iam::1:role/deployer')).toBe(false))
})
