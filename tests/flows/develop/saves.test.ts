import { describe, expect, it } from '@jest/globals'
import { nameFiles, sortSaved, watchedPlaces } from '../../../scripts/core/saved-files.js'
import { readSyntaxProblems, syntaxCheck } from '../../../scripts/core/syntax-check.js'
import { parseTemplate } from '../../../scripts/core/template.js'
import { collectSaves } from '../../../scripts/flows/develop/saves.js'
import { fakeClock } from '../../support/fake-clock.js'

const template = parseTemplate(
  JSON.stringify({
    Resources: {
      F: { Type: 'AWS::Serverless::Function', Properties: { CodeUri: 'backend/app/' } },
      G: { Type: 'AWS::Serverless::Function', Properties: { CodeUri: 'backend/app/' } },
      L: { Type: 'AWS::Serverless::LayerVersion', Properties: { ContentUri: 'backend/layer/' } },
    },
  }),
  'template.yaml',
)

describe('what was saved', () => {
  it('is sorted by what brings it live; what is nobody’s here is left out', () => {
    const files = [
      'backend/app/b.py',
      'backend/app/a.py',
      'backend/app/a.py',
      'backend/app/requirements.txt',
      'backend/layer/x.py',
      'backend/application/other.py',
      'template.yaml',
      'infra/.config/lambda/dev.json',
      'infra/.config/lambda/dev-demo.json',
      'infra/.config/lambda/dev-other.json',
      'infra/.config/lambda/prod.json',
    ]
    expect(sortSaved(files, template, { env: 'dev', org: 'demo' })).toEqual({
      code: ['backend/app/a.py', 'backend/app/b.py'],
      config: ['infra/.config/lambda/dev-demo.json', 'infra/.config/lambda/dev.json'],
      stack: ['backend/app/requirements.txt', 'backend/layer/x.py', 'template.yaml'],
    })
  })

  it('is looked for in each folder once', () =>
    expect(watchedPlaces(template)).toEqual([
      'template.yaml',
      'infra/.config/lambda',
      'backend/app/',
      'backend/layer/',
    ]))

  it('is named shortly', () => {
    expect(nameFiles(['a/b.py'])).toBe('b.py')
    expect(nameFiles(['a/b.py', 'c.py', 'd.py'])).toBe('b.py and 2 more')
  })
})

describe('the check of Python', () => {
  it('passes files as words and reads what it printed, whatever else stands there', () => {
    const command = syntaxCheck({ python: '/py', folder: '/here', env: {} }, ['a b.py', '$(x).py'])
    expect(command.args.slice(-2)).toEqual(['a b.py', '$(x).py'])
    expect(command.args.slice(0, 2)).toEqual(['-I', '-S'])
    const line = '{"file": "a.py", "line": 3, "problem": "invalid syntax", "text": "def x(:"}'
    expect(readSyntaxProblems(`warning\n${line}\n`)).toEqual([
      { file: 'a.py', line: 3, problem: 'invalid syntax', text: 'def x(:' },
    ])
  })
})

describe('saves', () => {
  it('that follow one another at once are taken together, and once', async () => {
    const clock = fakeClock()
    const saves = collectSaves(clock, new AbortController().signal)
    const taken = saves.take()
    saves.add('a')
    saves.add('b')
    expect(await taken).toEqual(['a', 'b'])
    saves.add('c')
    expect(await saves.take()).toEqual(['c'])
  })

  it('that come while another is waited for are waited for as well, but not for ever', async () => {
    const clock = fakeClock()
    const saves = collectSaves(clock, new AbortController().signal)
    const sleep = clock.sleep.bind(clock)
    clock.sleep = async (ms, signal) => {
      saves.add(`at ${clock.slept.length}`)
      await sleep(ms, signal)
    }
    saves.add('first')
    const taken = await saves.take()
    expect(taken.length).toBeGreaterThan(10)
    expect(clock.slept.length).toBe(25)
  })

  it('that came while nobody waited are there at once, and no clock runs before the first', async () => {
    const clock = fakeClock()
    const saves = collectSaves(clock, new AbortController().signal)
    const waiting = saves.take()
    await new Promise((resolve) => setImmediate(resolve))
    expect(clock.slept).toEqual([])
    saves.add('a')
    expect(await waiting).toEqual(['a'])
  })

  it('are not waited for any more once it is stopped', async () => {
    const stop = new AbortController()
    const saves = collectSaves(fakeClock(), stop.signal)
    const taken = saves.take()
    stop.abort(new Error('stopped'))
    await expect(taken).rejects.toThrow('stopped')
    await expect(saves.take()).rejects.toThrow('stopped')
  })
})
