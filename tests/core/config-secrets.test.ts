import { describe, expect, it } from '@jest/globals'
import { maskSecrets, secretPaths } from '../../scripts/core/config-secrets.js'

describe('a configuration', () => {
  it.each([
    [{ a: { pem: '-----BEGIN RSA PRIVATE KEY-----\nx' } }, 'dev', ['a.pem']],
    [{ keys: ['x', 'AKIAIOSFODNN7EXAMPLE'] }, 'dev', ['keys']],
    [{ aws: { secretAccessKey: 'wJalr' } }, 'dev', ['aws.secretAccessKey']],
    [{ auth: { jwt: { secret: 'x' } } }, 'prod', ['auth.jwt.secret']],
    [{ auth: { jwt: { secret: 'x' } } }, 'dev', []],
    [{ auth: { jwtSecret: '' }, ui: { title: 'The AKIA story' } }, 'prod', []],
  ] as const)('%j of %s holds the secrets %j', (config, env, paths) =>
    expect(secretPaths(structuredClone(config) as never, env)).toEqual(paths),
  )

  it('is shown with dots in the place of its secrets, and otherwise whole', () => {
    const config = { mail: { key: 'AKIAIOSFODNN7EXAMPLE', port: 25 }, list: [1, { a: null }] }
    expect(maskSecrets(config, 'dev')).toEqual({ mail: { key: '••••••', port: 25 }, list: [1, { a: null }] })
  })
})
