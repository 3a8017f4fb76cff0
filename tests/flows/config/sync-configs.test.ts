import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { type SyncOutcome, syncConfigs } from '../../../scripts/flows/config/sync-configs.js'
import type { Stacks } from '../../../scripts/ports.js'
import { fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort, memoryFiles } from '../../support/fake-ports.js'

const webapp = (org: string): string => `infra/.config/webapp/dev-${org}.json`
const ofAws = '{"webapp":{"apiEndpoint":"https://x.execute-api.eu-west-1.amazonaws.com/dev"}}'
const outputs = { ApiEndpoint: 'https://abc.execute-api.us-east-1.amazonaws.com/dev', ApiGatewayId: 'abc' }

function world(files: Record<string, string>, inputs: Inputs = {}, fails = 'nobody') {
  const context = fakeContext({
    inputs,
    cloud: { kind: 'local', endpoint: 'http://127.0.0.1:4570' },
    ports: (calls) => ({
      files: memoryFiles(files, calls),
      stacks: fakePort<Stacks>('stacks', {
        describe: async (name) => {
          if (name.endsWith(`-${fails}`)) throw new TypeError('access denied')
          return fakeStack({ name, outputs })
        },
      }),
    }),
  })
  const sync = (...orgs: string[]): Promise<SyncOutcome[]> =>
    syncConfigs(
      orgs.map((org) => ({ env: 'dev', org })),
      context,
    )
  return { sync, files }
}

describe('syncing the files of an environment', () => {
  it('goes on past an organization that fails, whatever it fails of', async () => {
    const { sync, files } = world({}, {}, 'two')
    expect(await sync('one', 'two', 'three')).toMatchObject([
      { org: 'one', kind: 'synced' },
      { org: 'two', kind: 'failed', error: { message: 'access denied', hint: 'make sync-configs ENV=dev ORG=two' } },
      { org: 'three', kind: 'synced' },
    ])
    expect(Object.keys(files).sort()).toEqual([webapp('one'), webapp('three')].sort())
  })

  it('takes a file that clears a section with null', async () => {
    const { sync, files } = world({ [webapp('one')]: '{"webapp":null}' })
    await sync('one')
    expect(JSON.parse(files[webapp('one')] ?? '')).toMatchObject({ webapp: { api: expect.anything() as unknown } })
  })

  it('replaces no value of AWS by one of an emulator, but with OVERWRITE=true', async () => {
    const refused = world({ [webapp('one')]: ofAws })
    const error = await rejectedBy(refused.sync('one'))
    expect(error).toMatchObject({ code: 'Refused', facts: [{ label: webapp('one'), text: 'webapp.apiEndpoint' }] })
    expect(error.hint).toContain('make sync-configs ENV=dev ORG=one OVERWRITE=true')
    expect(refused.files).toEqual({ [webapp('one')]: ofAws })
    const over = world({ [webapp('one')]: ofAws }, { OVERWRITE: 'true' })
    await over.sync('one')
    expect(over.files[webapp('one')]).toContain('127.0.0.1')
  })

  it('only tells with CHECK=true, also of values of AWS', async () => {
    const { sync, files } = world({ [webapp('one')]: ofAws }, { CHECK: 'true' })
    expect(await sync('one')).toMatchObject([{ kind: 'synced', files: [{ file: webapp('one') }] }])
    expect(files).toEqual({ [webapp('one')]: ofAws })
  })
})
