import { describe, expect, it } from '@jest/globals'
import { configChanges } from '../../scripts/core/config-diff.js'
import { hiddenPaths, maskSecrets, secretPaths } from '../../scripts/core/config-secrets.js'

describe('a configuration', () => {
  it.each([
    [{ a: { pem: '-----BEGIN RSA PRIVATE KEY-----\nx' } }, 'dev', ['a.pem']],
    [{ a: ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nx'] }, 'dev', ['a']],
    [{ keys: ['x', 'AKIAIOSFODNN7EXAMPLE'] }, 'dev', ['keys']],
    [{ aws: { secretAccessKey: 'wJalr' } }, 'dev', ['aws.secretAccessKey']],
    [{ awsSecretAccessKeys: ['wJalr'] }, 'dev', ['awsSecretAccessKeys']],
    [{ awsSecretKey: 'wJalr' }, 'dev', ['awsSecretKey']],
    [{ auth: { jwt: { secret: 'x' } } }, 'prod', ['auth.jwt.secret']],
    [{ auth: { jwt: { secret: 'x' } } }, 'dev', []],
    [{ jwtSecrets: ['x'] }, 'stage', ['jwtSecrets']],
    [{ auth: { jwtSecret: ['x'] } }, 'stage', ['auth.jwtSecret']],
    [{ users: [{ name: 'bob', jwtSecret: 'x' }] }, 'stage', ['users']],
    [{ auth: { jwt_secret: 42 } }, 'stage', ['auth.jwt_secret']],
    [{ jwt: { privateKey: 'x' } }, 'test', ['jwt.privateKey']],
    [{ session: { jwtKey: 'x' } }, 'test', ['session.jwtKey']],
    [{ signingSecret: 'x' }, 'test', ['signingSecret']],
    [{ auth: { jwtSecret: '', jwtSecrets: [], jwtSecretNeeded: true }, ui: { title: 'The AKIA story' } }, 'prod', []],
    [{ jwt: { publicKey: 'x', keyId: 'x' }, aws: { secretsManager: { keyArn: 'x' } } }, 'prod', []],
  ] as const)('%j of %s holds the secrets %j', (config, env, paths) =>
    expect(secretPaths(structuredClone(config) as never, env)).toEqual(paths),
  )

  it('is shown with dots in the place of its secrets, in dev too, and otherwise whole', () => {
    const config = { mail: { key: 'AKIAIOSFODNN7EXAMPLE', port: 25 }, list: [1, { a: null }] }
    expect(maskSecrets(config)).toEqual({ mail: { key: '••••••', port: 25 }, list: [1, { a: null }] })
    const more = { jwtSecret: 'x', db: { password: 'x', passwordless: false }, apiKeys: [{ id: 'a' }], token: '' }
    expect(maskSecrets(more)).toEqual({
      jwtSecret: '••••••',
      db: { password: '••••••', passwordless: false },
      apiKeys: '••••••',
      token: '',
    })
    expect(configChanges({}, { session: { jwtKey: 'x' }, users: [{ password: 'x' }], ui: 'y' })).toEqual([
      { name: 'session.jwtKey', change: 'added' },
      { name: 'ui', change: 'added', now: '"y"' },
      { name: 'users', change: 'added' },
    ])
    expect(hiddenPaths(more)).toEqual(['jwtSecret', 'db.password', 'apiKeys'])
  })

  it('shows no value whose name ends with key, but those of keys that are no secret', () => {
    const keys = { storage: { accessKey: 'x' }, encryption_key: 'x', mail: { key: 'x', keyId: 'x' }, keys: ['x'] }
    expect(hiddenPaths(keys)).toEqual(['storage.accessKey', 'encryption_key', 'mail.key', 'keys'])
    expect(hiddenPaths({ jwt: { publicKey: 'x', 'public-keys': ['x'] }, table: { sortKey: 'x' } })).toEqual([])
  })
})
