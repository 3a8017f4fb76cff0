import { describe, expect, it } from '@jest/globals'
import { type ChangesSince, type WorkFacts, describeChoice, leastWork, works } from '../../scripts/core/least-work.js'

const same: ChangesSince = {
  template: false,
  parameters: false,
  place: false,
  tool: false,
  code: false,
  dependencies: false,
  stack: false,
  version: false,
}
const facts = (since: Partial<ChangesSince>, over: Partial<WorkFacts> = {}): WorkFacts => ({
  since: { ...same, ...since },
  stands: true,
  config: false,
  built: false,
  ...over,
})
const built = { built: true }
const config = { config: true }

describe('the least work', () => {
  it.each<[string, WorkFacts, string]>([
    ['nothing changed', facts({}), 'nothing'],
    ['configuration', facts({}, config), 'config'],
    ['code', facts({ code: true }), 'code'],
    ['code, and a build of it lies there', facts({ code: true }, built), 'code'],
    ['another version serves', facts({ version: true }), 'code'],
    ['code and configuration', facts({ code: true }, config), 'deploy'],
    ['code and configuration, built', facts({ code: true }, { ...config, ...built }), 'deploy-only'],
    ['requirements', facts({ code: true, dependencies: true }), 'deploy'],
    ['requirements, built', facts({ code: true, dependencies: true }, built), 'deploy-only'],
    ['code, requirements unknown', facts({ code: true, dependencies: undefined }), 'deploy'],
    ['nothing, requirements unknown', facts({ dependencies: undefined }), 'nothing'],
    ['configuration, requirements unknown', facts({ dependencies: undefined }, config), 'config'],
    ['template', facts({ template: true }), 'deploy'],
    ['template, built', facts({ template: true }, built), 'deploy-only'],
    ['parameters, no build', facts({ parameters: true }), 'deploy'],
    ['parameters, built', facts({ parameters: true }, built), 'deploy-only'],
    ['parameters and code', facts({ parameters: true, code: true }), 'deploy'],
    ['another place', facts({ place: true }), 'deploy'],
    ['another tool', facts({ tool: true }, built), 'deploy-only'],
    ['the stack, by something else', facts({ stack: true }, built), 'deploy-only'],
    ['no stack', facts({}, { stands: false, ...built }), 'deploy'],
    ['no live release', { ...facts({}, built), since: undefined }, 'deploy'],
  ])('%s', (_case, given, work) => {
    const choice = leastWork(given)
    expect(choice.work).toBe(work)
    expect(choice.because.length).toBeGreaterThan(0)
  })

  it('goes past CloudFormation only for pure code and pure configuration, whatever is combined', () => {
    const flags = [false, true]
    const combined = flags.flatMap((template) =>
      flags.flatMap((parameters) =>
        flags.flatMap((dependencies) =>
          flags.flatMap((stack) =>
            flags.flatMap((code) =>
              flags.map((changed) => ({ since: { template, parameters, dependencies, stack, code }, changed })),
            ),
          ),
        ),
      ),
    )
    for (const { since, changed } of combined) {
      const { work } = leastWork(facts(since, { config: changed }))
      const { code, ...others } = since
      const past = work === 'nothing' || work === 'config' || work === 'code'
      expect(past).toBe(!Object.values(others).includes(true) && !(code && changed))
    }
  })

  it('is never nothing while a shift is half way, and that is always said', () => {
    const shift = 'a shift is half way: finish or abort it'
    expect(leastWork(facts({}, { shift }))).toEqual({ work: 'end-shift', because: [shift] })
    expect(leastWork(facts({ code: true }, { shift }))).toEqual({ work: 'code', because: ['code changed', shift] })
  })

  it('is said with the command to type and every reason', () => {
    expect(describeChoice(leastWork(facts({ template: true, code: true, dependencies: true })))).toBe(
      'rs-deploy: build and deploy (the template changed, requirements or a layer changed)',
    )
    expect(describeChoice(leastWork(facts({})))).toBe('nothing (nothing changed since the last release)')
    expect(works.code.command).toBe('rs-deploy-function')
  })
})
