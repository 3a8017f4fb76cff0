import { describe, expect, it } from '@jest/globals'
import type { Callables } from '../../scripts/core/next-command.js'
import { DeployError } from '../../scripts/errors.js'
import type { Event } from '../../scripts/report/events.js'
import { withWholeCommands } from '../../scripts/report/whole-commands.js'

const target = { takes: ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'], needs: ['ENV', 'ORG'], destroys: false } as const
const table: Callables = new Map([
  ['rs-deploy', target],
  ['rs-attach', target],
])
const whole = (event: Event): unknown => {
  let heard: Event | undefined
  withWholeCommands({ ENV: 'dev', ORG: 'demo', CLOUD: 'local' }, table, (told) => void (heard = told))(event)
  return heard
}
const deploy = 'make rs-deploy ENV=dev ORG=demo CLOUD=local'

describe('a command that an event names', () => {
  it('is whole in a failure: in its hint, its facts and what is next, and not in what happened', () => {
    const error = new DeployError('StackState', 'make rs-deploy', {
      hint: 'correct it, then make rs-deploy',
      facts: [{ label: 'More', text: 'make rs-deploy' }],
    })
    expect(whole({ type: 'failure', error, step: 'Check', log: undefined, next: 'make rs-deploy' })).toMatchObject({
      next: deploy,
      error: {
        message: 'make rs-deploy',
        hint: `correct it, then ${deploy}`,
        facts: [{ label: 'More', text: deploy }],
      },
    })
  })

  it('is whole in notes, warnings, summaries, and where a result says what to do', () => {
    expect(whole({ type: 'note', text: 'first make rs-deploy' })).toMatchObject({ text: `first ${deploy}` })
    const warning: Event = { type: 'warning', text: 'x', hint: 'make rs-deploy' }
    expect(whole(warning)).toMatchObject({ text: 'x', hint: deploy })
    const summary: Event = { type: 'summary', title: 't', rows: [], next: ['make rs-deploy'], data: {} }
    expect(whole(summary)).toMatchObject({ next: [deploy] })
    const text = 'says make rs-deploy\nFix    make rs-deploy\nNext: make rs-deploy'
    expect(whole({ type: 'result', text, data: {} })).toMatchObject({
      text: `says make rs-deploy\nFix    ${deploy}\nNext: ${deploy}`,
    })
  })
})
