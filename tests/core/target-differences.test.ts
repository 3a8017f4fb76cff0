import { describe, expect, it } from '@jest/globals'
import { type TargetSide, differencesBetween } from '../../scripts/core/target-differences.js'

const side = (over: Partial<TargetSide> = {}): TargetSide => ({
  stack: 'UPDATE_COMPLETE',
  health: 'healthy',
  template: 't',
  code: { F: 'sha' },
  parameters: { Organization: 'one', EnableAuth: 'true' },
  config: { ui: { title: 'One' } },
  ...over,
})
const own = ['Environment', 'Organization']

describe('two targets', () => {
  it('do not differ in what names them', () => {
    expect(differencesBetween(side(), side({ parameters: { Organization: 'two', EnableAuth: 'true' } }), own)).toEqual(
      [],
    )
  })

  it('differ part by part, each with both values, and with no value of a secret', () => {
    const other = side({
      stack: 'NO_STACK',
      health: 'no answer',
      template: 'u',
      code: { F: 'other', G: 'new' },
      parameters: { EnableAuth: 'false', ApiToken: 'hunter2' },
      config: { ui: { title: 'Two' }, secret: 'hunter2' },
    })
    const found = differencesBetween(side(), other, own)
    expect(found.map(({ part, name, left, right }) => [part, name, left, right])).toEqual([
      ['stack', 'stack', 'UPDATE_COMPLETE', 'NO_STACK'],
      ['health', 'health', 'healthy', 'no answer'],
      ['template', 'template', 't', 'u'],
      ['code', 'F', 'sha', 'other'],
      ['code', 'G', undefined, 'new'],
      ['parameters', 'ApiToken', undefined, undefined],
      ['parameters', 'EnableAuth', 'true', 'false'],
      ['config', 'secret', undefined, undefined],
      ['config', 'ui.title', '"One"', '"Two"'],
    ])
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})
