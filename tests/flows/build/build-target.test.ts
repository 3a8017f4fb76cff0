import { describe, expect, it } from '@jest/globals'
import path from 'node:path'
import { buildTarget, readSources } from '../../../scripts/flows/build/build-target.js'
import type { Shell, Tool, Toolchain } from '../../../scripts/ports.js'
import { fakeContext, fakeStep } from '../../support/fake-context.js'
import { fakePort, memoryFiles } from '../../support/fake-ports.js'

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

describe('the packages of a build', () => {
  const out = `${buildFolder}/build`
  const layer = '  Layer:\n    Type: AWS::Serverless::LayerVersion\n    Properties:\n      ContentUri: Layer\n'

  const tool: Tool = { name: 'tool', program: 'tool', version: '1', origin: 'pinned' }

  /** Builds as sam would: `layer` and the code of the checkout; returns which folders were zipped. */
  async function zipped(files: Record<string, string>, layerText: string, force = false): Promise<string[]> {
    const context = fakeContext({
      ports: (calls) => ({
        files: memoryFiles(files, calls),
        toolchain: fakePort<Toolchain>('toolchain', { sam: async () => tool, uv: async () => tool }, calls),
        shell: fakePort<Shell>(
          'shell',
          {
            run: async () => {
              files[`${out}/template.yaml`] = `${template.replace('backend', 'Backend')}${layer}`
              files[`${out}/Backend/app.py`] = files['backend/app.py'] ?? ''
              files[`${out}/Layer/made.py`] = layerText
              return { exitCode: 0, output: '', cancelled: false }
            },
          },
          calls,
        ),
      }),
    })
    await buildTarget(await readSources(context), { name: 'here', variables: {} }, force, fakeStep(), context)
    return context.calls
      .filter((call) => call.startsWith('files.zip'))
      .map((call) => path.basename(call.split(/[ (,]/)[1] ?? ''))
  }

  it('are zipped again where a file of theirs changed, and kept otherwise', async () => {
    const files: Record<string, string> = { 'template.yaml': template, 'backend/app.py': 'x = 1' }
    expect(await zipped(files, 'a')).toEqual(['Backend', 'Layer'])
    files['backend/app.py'] = 'x = 2'
    expect(await zipped(files, 'a')).toEqual(['Backend'])
    files['backend/app.py'] = 'x = 3'
    expect(await zipped(files, 'b')).toEqual(['Backend', 'Layer'])
    files[`${buildFolder}/zips/Layer.zip`] += ' and more'
    files['backend/app.py'] = 'x = 4'
    expect(await zipped(files, 'b')).toEqual(['Backend', 'Layer'])
    expect(await zipped(files, 'b', true)).toEqual(['Backend', 'Layer'])
    expect(await zipped(files, 'b')).toEqual([])
  })
})
