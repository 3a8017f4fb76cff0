import { describe, expect, it } from '@jest/globals'
import { type Typed, nextCommand, withPlace } from '../../scripts/core/next-command.js'

const typed: Typed = {
  command: 'rs-set-group',
  takes: ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR', 'USER_NAME', 'GROUP', 'NAME', 'PASSWORD', 'YES', 'JSON'],
  inputs: { ENV: 'dev', ORG: 'MyOrg', CLOUD: 'local', NAME: "Bob O'Neil", PASSWORD: 'geheim', JSON: 'true', WHY: 'x' },
}

describe('what to type next', () => {
  it.each([
    ['make rs-add-user ENV=dev ORG=org1 GROUP=…', 'make rs-add-user ENV=dev ORG=org1 GROUP=…'],
    ['mend these, then make sync-configs ENV=dev again', 'make sync-configs ENV=dev'],
    ['make rs-lock ENV=dev ORG=a WHY="until noon", or wait', 'make rs-lock ENV=dev ORG=a WHY="until noon"'],
  ])('is the command that the hint names: %s', (hint, command) => {
    expect(nextCommand(hint, typed)).toBe(command)
  })

  it('is the same command again, with the value that the hint begins with, and without any secret', () => {
    const rest = "CLOUD=local NAME='Bob O'\\''Neil'"
    expect(nextCommand('ORG=myorg', typed)).toBe(`make rs-set-group ENV=dev ORG=myorg ${rest}`)
    expect(nextCommand('YES=true confirms it', typed)).toBe(`make rs-set-group ENV=dev ORG=MyOrg ${rest} YES=true`)
    expect(nextCommand('GROUP=ADMINS, RESEARCHERS', typed)).toContain(' GROUP=ADMINS ')
    expect(nextCommand('CLOUD= leaves it out', typed)).not.toContain('CLOUD')
    expect(nextCommand('', typed)).toBe(`make rs-set-group ENV=dev ORG=MyOrg ${rest}`)
  })

  it('is the list of targets where none was understood', () => {
    expect(nextCommand('rawscribe --help', undefined)).toBe('make help')
  })

  it('quotes what a shell would run', () => {
    const inputs = { ENV: '$(touch x)' }
    expect(nextCommand('', { ...typed, inputs })).toBe("make rs-set-group ENV='$(touch x)'")
  })
})

describe('commands in a text', () => {
  const inputs = { CLOUD: 'local', PROJECT_DIR: '../my shop' }

  it('act on the cloud and the project of the run', () => {
    expect(withPlace('make rs-why ENV=dev ORG=demo, then make rs-up ENV=dev ORG=demo CLOUD=aws', inputs)).toBe(
      "make rs-why ENV=dev ORG=demo CLOUD=local PROJECT_DIR='../my shop', " +
        "then make rs-up ENV=dev ORG=demo CLOUD=aws PROJECT_DIR='../my shop'",
    )
  })

  it('are left alone where nothing was said, or where they act on no environment', () => {
    expect(withPlace('make rs-why ENV=dev ORG=demo', {})).toBe('make rs-why ENV=dev ORG=demo')
    expect(withPlace('make local-start; make sure', inputs)).toBe('make local-start; make sure')
  })
})
