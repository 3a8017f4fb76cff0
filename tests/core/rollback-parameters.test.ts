import { describe, expect, it } from '@jest/globals'
import { planEarlierParameters } from '../../scripts/core/rollback-parameters.js'
import type { Template } from '../../scripts/core/template.js'
import { DeployError } from '../../scripts/errors.js'

const text = { Type: 'String' }
const secret = { ...text, NoEcho: true }
const plan = (
  Parameters: NonNullable<Template['Parameters']>,
  recorded: Record<string, string>,
  stack: Record<string, string> = {},
) =>
  planEarlierParameters({
    target: { env: 'dev', org: 'myorg' },
    template: { Parameters, Resources: {} },
    names: { Environment: 'Stage', CreateBuckets: 'Buckets' },
    recorded,
    stack,
  })

describe('the parameters of an earlier release', () => {
  it('are those that its template takes, as the receipt has them', () =>
    expect(plan({ EnableAuth: text }, { EnableAuth: 'false', Gone: 'x' }, { EnableAuth: 'true' })).toEqual({
      values: [{ name: 'EnableAuth', value: 'false', from: 'release' }],
      previous: [],
    }))

  it('name this target, whatever a receipt says and the template calls it', () =>
    expect(plan({ Stage: text, Organization: text }, { Stage: 'prod', Organization: 'other' }).values).toEqual([
      { name: 'Stage', value: 'dev', from: 'target' },
      { name: 'Organization', value: 'myorg', from: 'target' },
    ]))

  it('leave to the stack what it manages', () => {
    const parameters = { Buckets: text, ManageUserPool: text }
    const { values } = plan(
      parameters,
      { Buckets: 'false', ManageUserPool: 'false' },
      { Buckets: 'true', ManageUserPool: 'true' },
    )
    expect(values.map(({ value, from }) => [value, from])).toEqual([
      ['true', 'stack'],
      ['true', 'stack'],
    ])
  })

  it('hold no secret: the stack’s stays, and without one its default', () => {
    expect(plan({ Key: secret }, { Key: '****' }, { Key: '****' })).toEqual({ values: [], previous: ['Key'] })
    expect(plan({ Key: { ...secret, Default: 'd' } }, { Key: '****' })).toEqual({ values: [], previous: [] })
  })

  it.each([
    ['a secret that the stack has not', { Key: secret }, { Key: '****' }],
    ['a value that nobody recorded', { Key: text }, {}],
  ])('are refused for %s', (_case, parameters, recorded) => {
    expect(() => plan(parameters, recorded as Record<string, string>)).toThrow(DeployError)
    expect(() => plan(parameters, recorded as Record<string, string>)).toThrow(/takes Key/)
  })
})
