import { describe, expect, it } from '@jest/globals'
import { lambdaValues, replacedOfAws, syncFile, webappValues } from '../../scripts/core/config-sync.js'
import { organizationsOf } from '../../scripts/core/organizations.js'
import { ownProject } from '../../scripts/core/project.js'
import { shellAssignment } from '../../scripts/core/shell-words.js'

const values = { api: 'https://new/dev', userPoolId: 'pool', clientId: 'client', region: 'eu-west-1' }

describe('syncing a configuration file', () => {
  it('makes a new file of nothing but the values', () => {
    const { text, changes } = syncFile(undefined, lambdaValues(values))
    expect(JSON.parse(text)).toEqual({
      lambda: { auth: { cognito: { userPoolId: 'pool', clientId: 'client', region: 'eu-west-1' } } },
    })
    expect(text).toMatch(/^\{\n {2}"lambda"[^]*\}\n$/)
    expect(changes.map(({ change }) => change)).toEqual(['added', 'added', 'added'])
  })

  it('keeps order, tabs and the missing newline', () => {
    const was = '{\n\t"z": 1,\n\t"webapp": {\n\t\t"apiEndpoint": "https://old/dev"\n\t},\n\t"a": [1,2]\n}'
    const { text, changes } = syncFile(was, [[['webapp', 'apiEndpoint'], values.api]])
    expect(text).toBe(was.replace('old', 'new'))
    expect(changes).toEqual([
      { name: 'webapp.apiEndpoint', change: 'changed', was: '"https://old/dev"', now: '"https://new/dev"' },
    ])
  })

  it('changes nothing where nothing differs', () => {
    const { text } = syncFile('{"a":1}', webappValues(values))
    expect(syncFile(text, webappValues(values))).toEqual({ text, changes: [] })
  })

  it('leaves the pool alone where the stack has none', () =>
    expect(lambdaValues({ ...values, userPoolId: undefined })).toEqual([]))

  it.each([
    ['{"webapp":null}', { webapp: { apiEndpoint: 'https://new/dev' } }],
    ['{"webapp":{"auth":null,"a":1}}', { webapp: { auth: { cognito: { userPoolId: 'pool' } }, a: 1 } }],
    ['{"webapp":{"auth":{"cognito":null},"api":null}}', { webapp: { api: { proxyTarget: 'https://new/dev' } } }],
  ])('puts the values in the place of what is null: %s', (was, expected) => {
    const { text } = syncFile(was, webappValues(values))
    expect(JSON.parse(text)).toMatchObject({ ...expected })
    expect(syncFile(text, webappValues(values)).changes).toEqual([])
  })

  const local = { ...values, api: 'http://127.0.0.1:4570/restapis/x', region: 'us-east-1' }
  const ofAws = { userPoolId: 'theirs', clientId: 'theirs', region: 'us-east-1' }
  const cognito = ['webapp.auth.cognito.userPoolId', 'webapp.auth.cognito.clientId']
  it.each([
    [{ apiEndpoint: 'https://x.execute-api.eu-west-1.amazonaws.com/dev' }, ['webapp.apiEndpoint']],
    [{ apiEndpoint: 'http://127.0.0.1.evil.org/x' }, ['webapp.apiEndpoint']],
    [{ api: { proxyTarget: 'https://x.amazonaws.com' } }, ['webapp.api.proxyTarget']],
    [{ auth: { cognito: ofAws } }, cognito],
    [{ apiEndpoint: 'http://127.0.0.1:1/old', auth: { cognito: ofAws } }, cognito],
    [{ auth: { cognito: { clientId: 'theirs' } } }, ['webapp.auth.cognito.clientId']],
    [{ apiEndpoint: 'http://127.0.0.1:1/old', auth: { cognito: { userPoolId: 'pool', clientId: 'old' } } }, []],
    [{ apiEndpoint: '', api: null }, []],
    [{ title: 'Ours' }, []],
  ])('knows which values of AWS would be lost to an emulator: %j', (webapp, expected) =>
    expect(replacedOfAws(JSON.stringify({ webapp }), webappValues(local))).toEqual(expected),
  )

  it('loses nothing of AWS where there is no file', () =>
    expect(replacedOfAws(undefined, lambdaValues(local))).toEqual([]))
})

describe('organizations', () => {
  it('are put together of files, stacks and locks by their whole names', () => {
    const traces = {
      files: [
        'infra/.config/lambda/dev.json',
        'infra/.config/lambda/dev-org1.json',
        'infra/.config/webapp/test-a.json',
      ],
      stacks: [
        { name: 'rawscribe-dev-org10', status: 'CREATE_COMPLETE' },
        { name: 'rawscribe-prod-a', status: 'CREATE_COMPLETE' },
      ],
      locks: ['rawscribe-dev-org10'],
    }
    expect(organizationsOf('dev', traces, ownProject)).toEqual([
      { org: 'org1', configured: ['infra/.config/lambda/dev-org1.json'], deployed: undefined, locked: false },
      { org: 'org10', configured: [], deployed: 'CREATE_COMPLETE', locked: true },
    ])
  })
})

describe('a shell assignment', () => {
  it.each([
    ['ApiEndpoint', 'https://x', "API_ENDPOINT='https://x'"],
    ['ELNBucketName', "it's $HOME", "ELN_BUCKET_NAME='it'\\''s $HOME'"],
    ['Path', '/orders', "OUTPUT_PATH='/orders'"],
    ['Home', 'h', "OUTPUT_HOME='h'"],
    ['2ndUrl', 'u', "OUTPUT_2ND_URL='u'"],
    ['OrdersPath', 'u', "ORDERS_PATH='u'"],
    ['CloudFrontURL', 'u', "CLOUD_FRONT_URL='u'"],
  ])('of %s', (name, value, line) => expect(shellAssignment(name, value)).toBe(line))
})
