import { describe, expect, it } from '@jest/globals'
import {
  type Callable,
  type Callables,
  type Typed,
  commandFor,
  nextCommand,
  withPlace,
} from '../../scripts/core/next-command.js'

const place = ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'] as const
const ofTarget = { takes: place, needs: ['ENV', 'ORG'] as const, destroys: false }
const table: Callables = new Map<string, Callable>([
  [
    'rs-set-group',
    { ...ofTarget, takes: [...place, 'USER_NAME', 'GROUP', 'NAME', 'PASSWORD', 'YES', 'JSON'] as const },
  ],
  ['rs-add-user', { ...ofTarget, takes: [...place, 'USER_NAME', 'GROUP'] as const }],
  ['rs-deploy', ofTarget],
  ['rs-why', ofTarget],
  ['rs-up', ofTarget],
  ['rs-lock', ofTarget],
  ['rs-cp-sop', { ...ofTarget, takes: [...place, 'FILE'] as const }],
  ['rs-nuke-buckets', { ...ofTarget, destroys: true }],
  ['sync-configs', { takes: place, needs: ['ENV'], destroys: false }],
  ['rs-doctor', { takes: ['ENV', 'CLOUD', 'PROJECT_DIR'], needs: [], destroys: false }],
  ['stop-all', { takes: ['PROJECT_DIR'], needs: [], destroys: false }],
  ['help', { takes: [], needs: [], destroys: false }],
])
const typed: Typed = {
  command: 'rs-set-group',
  inputs: { ENV: 'dev', ORG: 'MyOrg', CLOUD: 'local', NAME: "Bob O'Neil", PASSWORD: 'geheim', JSON: 'true', WHY: 'x' },
}
const next = (hint: string, inputs: Typed['inputs'] = {}): string => nextCommand(hint, { ...typed, inputs }, table)

describe('what to type next', () => {
  it.each([
    ['make rs-add-user ENV=dev ORG=org1 GROUP=…', 'make rs-add-user ENV=dev ORG=org1 GROUP=…'],
    ['mend these, then make sync-configs ENV=dev again', 'make sync-configs ENV=dev'],
    ['make rs-lock ENV=dev ORG=a WHY="until noon", or wait', 'make rs-lock ENV=dev ORG=a WHY="until noon"'],
    [String.raw`make rs-set-group ENV=dev ORG=a USER_NAME='o'\''brien@x.org' GROUP=…, or wait`, undefined],
    ["correct it, then make rs-cp-sop ENV=dev ORG=a FILE='My SOPs/a,b; c.yaml'; or not", undefined],
    ['make rs-lock ENV=dev ORG=a SKIP=A,B.C, then: again', 'make rs-lock ENV=dev ORG=a SKIP=A,B.C'],
  ])('is the command that the hint names: %s', (hint, command) => {
    const [same = ''] = hint.match(/make .*(?=, or wait|; or not)/) ?? []
    expect(next(hint)).toBe(command ?? same)
  })

  it('is whole where the hint says only its name, and no word of prose', () => {
    const inputs = { ENV: 'dev', ORG: 'demo', CLOUD: 'local' }
    expect(next('correct infra/.config and make rs-deploy', inputs)).toBe('make rs-deploy ENV=dev ORG=demo CLOUD=local')
    expect(next('make rs-deploy FORCE=true', inputs)).toBe('make rs-deploy ENV=dev ORG=demo FORCE=true CLOUD=local')
    expect(next('make sure of it, then make rs-why', inputs)).toBe('make rs-why ENV=dev ORG=demo CLOUD=local')
    expect(next('make rs-deploy', { ENV: 'dev' })).toBe('make rs-deploy ENV=dev ORG=myorg')
  })

  it('deletes no data that nobody asked to delete', () => {
    const hint = 'make rs-nuke-buckets ENV=dev ORG=a if it may go; then the same command again'
    const inputs = { ENV: 'dev', ORG: 'a' }
    expect(next(hint, inputs)).toBe('make rs-set-group ENV=dev ORG=a')
    expect(next(`${hint}; or make rs-why`, inputs)).toBe('make rs-why ENV=dev ORG=a')
    const nuke = nextCommand(hint, { command: 'rs-nuke-buckets', inputs }, table)
    expect(nuke).toBe('make rs-nuke-buckets ENV=dev ORG=a')
  })

  it('is the same command again, with the value that the hint begins with, and without any secret', () => {
    const rest = "CLOUD=local NAME='Bob O'\\''Neil'"
    const again = (hint: string): string => next(hint, typed.inputs)
    expect(again('ORG=myorg')).toBe(`make rs-set-group ENV=dev ORG=myorg ${rest}`)
    expect(again('YES=true confirms it')).toBe(`make rs-set-group ENV=dev ORG=MyOrg ${rest} YES=true`)
    expect(again('GROUP=ADMINS, RESEARCHERS')).toContain(' GROUP=ADMINS ')
    expect(again('CLOUD= leaves it out')).not.toContain('CLOUD')
    expect(again('')).toBe(`make rs-set-group ENV=dev ORG=MyOrg ${rest}`)
    expect(next('ENV=test')).toBe('make rs-set-group ENV=test ORG=myorg')
  })

  it('is the list of targets where none was understood', () => {
    expect(nextCommand('rawscribe --help', undefined, table)).toBe('make help')
  })

  it('quotes what a shell would run', () => {
    expect(next('', { ENV: '$(touch x)', ORG: 'a' })).toBe("make rs-set-group ENV='$(touch x)' ORG=a")
    const further = { USER_NAME: '`x`@evil.org', GROUP: '…', NAME: '' }
    expect(commandFor('rs-add-user', { env: 'dev', org: 'a' }, further)).toBe(
      "make rs-add-user ENV=dev ORG=a USER_NAME='`x`@evil.org' GROUP=…",
    )
  })
})

describe('commands in a text', () => {
  const inputs = { CLOUD: 'local', PROJECT_DIR: '../my shop' }

  it('act on the cloud and the project of the run', () => {
    expect(withPlace('make rs-why ENV=dev ORG=demo, then make rs-up ENV=dev ORG=demo CLOUD=aws', inputs, table)).toBe(
      "make rs-why ENV=dev ORG=demo CLOUD=local PROJECT_DIR='../my shop', " +
        "then make rs-up ENV=dev ORG=demo CLOUD=aws PROJECT_DIR='../my shop'",
    )
    expect(withPlace('make stop-all, then make rs-doctor', { ...inputs, ENV: 'prod' }, table)).toBe(
      "make stop-all PROJECT_DIR='../my shop', then make rs-doctor ENV=prod CLOUD=local PROJECT_DIR='../my shop'",
    )
  })

  it('stay as they are where nothing was said, or where they are none', () => {
    expect(withPlace('make rs-why ENV=dev ORG=demo', {}, table)).toBe('make rs-why ENV=dev ORG=demo')
    expect(withPlace('make help; make sure', inputs, table)).toBe('make help; make sure')
    expect(withPlace('make sync-configs ENV=dev', { ENV: 'dev', ORG: 'a' }, table)).toBe('make sync-configs ENV=dev')
  })
})
