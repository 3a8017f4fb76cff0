import { describe, expect, it } from '@jest/globals'
import { readSources } from '../../../scripts/flows/build/build-target.js'
import { fakeContext } from '../../support/fake-context.js'
import { memoryFiles } from '../../support/fake-ports.js'

const template =
  'Resources:\n  Backend:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: backend\n'

const checkout = (files: Record<string, string>) =>
  fakeContext({ ports: (calls) => ({ files: memoryFiles(files, calls) }) })

const { buildFolder } = checkout({}).names
const kept = `${buildFolder}/template.read.json`
const built = (): Record<string, string> => ({
  'template.yaml': template,
  'backend/app.py': 'x = 1',
  [`${buildFolder}/build.toml`]: '',
})

describe('the sources of a build', () => {
  it('keep the template as it was read, so that the same text need not be read again', async () => {
    const files = built()
    const first = await readSources(checkout(files))
    expect(files[kept]).toContain(first.templateHash)
    files[kept] = (files[kept] ?? '').replace('"Resources"', '"Description":"as kept","Resources"')
    const second = await readSources(checkout(files))
    expect(second.template).toMatchObject({ Description: 'as kept' })
    expect({ ...second, template: undefined }).toEqual({ ...first, template: undefined })
  })

  it.each([
    ['of another text', (text: string) => text.replace(/"of":"\w/, '"of":"x')],
    ['cut off', (text: string) => text.slice(0, -20)],
    ['that is no template', (text: string) => text.replace('"Resources"', '"Sources"')],
    ['read otherwise', (text: string) => text.replace('"reading":1', '"reading":0')],
  ])('take nothing from a reading %s', async (_what, broken) => {
    const files = built()
    const { template: read } = await readSources(checkout(files))
    const good = files[kept] ?? ''
    files[kept] = broken(good)
    expect(files[kept]).not.toBe(good)
    expect((await readSources(checkout(files))).template).toEqual(read)
    expect(files[kept]).toBe(good)
  })

  it('tell the templates that it nests from its code', async () => {
    const nesting = `${template}  Inner: {Type: AWS::Serverless::Application, Properties: {Location: inner/own.yaml}}\n`
    const files = { ...built(), 'template.yaml': nesting, 'inner/own.yaml': 'Resources: {}\n' }
    expect((await readSources(checkout(files))).templates).toEqual(['template.yaml', 'inner/own.yaml'])
  })

  it('make no build folder by being read', async () => {
    const files: Record<string, string> = { 'template.yaml': template, 'backend/app.py': 'x = 1' }
    await readSources(checkout(files))
    expect(Object.keys(files)).toEqual(['template.yaml', 'backend/app.py'])
  })
})
