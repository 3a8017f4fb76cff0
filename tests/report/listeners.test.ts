import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from '@jest/globals'
import { DeployError } from '../../scripts/errors.js'
import type { Event } from '../../scripts/report/events.js'
import { openLogFile } from '../../scripts/report/log-file.js'
import { redacting } from '../../scripts/report/redact.js'
import { makeReport } from '../../scripts/report/report.js'
import { type ScreenOptions, listenersFor } from '../../scripts/report/screen.js'
import { fakeClock } from '../support/fake-clock.js'
import { rejectedBy } from '../support/failures.js'

const folders: string[] = []
const temporaryFolder = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'listeners-'))
  folders.push(folder)
  return folder
}
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

/** Every kind of event, each saying `text` wherever it says anything. */
function eventsSaying(text: string): Event[] {
  const facts = [{ label: 'Cause', text: `fact ${text}` }]
  const error = new DeployError('StackFailed', `message ${text}`, {
    hint: `hint ${text}`,
    facts,
    cause: new Error(text),
  })
  return [
    { type: 'header', title: `t ${text}`, cloud: `AWS at ${text}`, account: '0', region: 'r' },
    { type: 'banner', text },
    { type: 'step-started', title: 'Check' },
    { type: 'step-progress', title: 'Check', text },
    { type: 'step-line', title: 'Check', mark: 'plain', text: `line ${text}`, depth: 1 },
    { type: 'step-detail', title: 'Check', text: `detail ${text}` },
    { type: 'step-ended', title: 'Check', outcome: 'done', text: `end ${text}`, durationMs: 100 },
    { type: 'note', text: `note ${text}` },
    { type: 'warning', text: `warning ${text}`, hint: `hint ${text}` },
    { type: 'summary', title: `s ${text}`, rows: [{ label: 'A', text }], next: [text], data: { deep: [{ a: text }] } },
    { type: 'result', text, data: { list: [[text]], text, none: null, number: 7 } },
    { type: 'failure', error, step: 'Check', log: 'x.log' },
  ]
}

interface Shown {
  out: string
  err: string
  log: string
}

function show(events: readonly Event[], over: Partial<ScreenOptions>, secrets: readonly string[] = []): Shown {
  const folder = temporaryFolder()
  const shown: Shown = { out: '', err: '', log: '' }
  const screen = { out: (text: string) => (shown.out += text), err: (text: string) => (shown.err += text) }
  const log = openLogFile(folder, 'rs-test', fakeClock().now)
  const options = { json: false, colour: false, animated: false, columns: 80, screen, ...over }
  for (const listener of listenersFor(options, secrets, log)) for (const event of events) listener(event)
  shown.log = existsSync(path.join(folder, log.path)) ? readFileSync(path.join(folder, log.path), 'utf8') : ''
  return shown
}

/** What stands on a terminal after everything was written. */
function remains(written: string): string[] {
  const lines = ['']
  for (const part of written.split(/(\r\u001B\[2K|\n)/)) {
    if (part === '\n') lines.push('')
    else if (part.startsWith('\r')) lines[lines.length - 1] = ''
    else lines[lines.length - 1] += stripVTControlCharacters(part)
  }
  return lines
}

const screens: [string, Partial<ScreenOptions>][] = [
  ['plain', {}],
  ['a terminal', { animated: true, colour: true }],
  ['JSON', { json: true }],
]

describe('redaction', () => {
  const secrets = ['Se$cure$$1!', 'with space', 'quote"back\\slash', '(a+b)*[c]', 'ünïcode…']
  it.each(screens.flatMap(([name, options]) => secrets.map((secret) => ({ name, options, secret }))))(
    'keeps $secret from $name and its log',
    ({ options, secret }) => {
      const { out, err, log } = show(eventsSaying(`<${secret}> and again <${secret}>`), options, [secret])
      const everything = [out, err, log].join('\n')
      expect(everything).toContain('••••••')
      expect(everything).not.toContain(secret)
      expect(everything).not.toContain(JSON.stringify(secret).slice(1, -1))
    },
  )

  it('keeps a secret also where a line would be broken in the middle of it', () => {
    const secret = 'Correct-Horse-Battery-Staple-1'
    const { err } = show(eventsSaying(`${'x'.repeat(60)} ${secret}`), { animated: true, columns: 40 }, [secret])
    expect(err.replaceAll(/\s/g, '')).not.toContain(secret)
  })

  it('changes nothing else', () => {
    const seen: Event[] = []
    for (const event of eventsSaying('harmless')) redacting(['geheim'], (one) => void seen.push(one))(event)
    expect(seen.slice(0, -1)).toEqual(eventsSaying('harmless').slice(0, -1))
    expect(seen.at(-1)).toMatchObject({ type: 'failure', error: { code: 'StackFailed', exitCode: 5 }, log: 'x.log' })
  })

  it.each(['step', 'done', 'plain', 'note', 'result', 'summary'])(
    'of the weak password %s does not break the words that events are made of',
    (secret) => {
      for (const [, options] of screens) expect(() => show(eventsSaying('text'), options, [secret])).not.toThrow()
      expect(show(eventsSaying('text'), {}, [secret]).err).toContain('✓ Check')
    },
  )
})

describe('on a terminal', () => {
  it('what remains is what the lines of a step, a summary and a failure say', () => {
    const { err } = show(eventsSaying('words'), { animated: true })
    const lines = remains(err)
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}✓ Check {8}end words +0\.1 s$/)]))
    expect(lines.filter((line) => line.includes('Check'))).toHaveLength(1)
    expect(lines.join('\n')).not.toContain('⠙')
    expect(lines).toContain('  StackFailed (exit 5) · log x.log')
  })

  it('a running step shows its progress on one line, which is taken back', () => {
    const running = show(eventsSaying('words').slice(2, 4), { animated: true })
    expect(remains(running.err)).toHaveLength(1)
    expect(remains(running.err)[0]).toMatch(/Check {8}words/)
  })
})

describe('in CI and in pipes', () => {
  const { out, err, log } = show(eventsSaying('words'), {})

  it('no escape code and no carriage return is written', () => {
    expect(`${out}${err}${log}`).not.toMatch(/[\u001B\r]/)
  })

  it('each step is one line, and progress leaves none', () => {
    expect(err.split('\n').filter((line) => line.includes('Check'))).toHaveLength(1)
  })

  it('results go to standard output, all else to standard error', () => {
    expect(out).toBe('words\n')
    for (const said of ['note words', 'warning words', 'line words', 'hint words']) expect(err).toContain(said)
  })

  it('what to type next is never broken', () => {
    expect(show(eventsSaying('make check-rs ENV=dev ORG=demo '.repeat(9)), {}).err).toContain(
      `Next: ${'make check-rs ENV=dev ORG=demo '.repeat(9)}`,
    )
  })
})

describe('for programs', () => {
  const { out, err } = show(eventsSaying('line\nbreak "quoted"'), { json: true })
  const facts = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

  it('every line of standard output is one JSON object, and nothing else is written', () => {
    expect(facts).toHaveLength(10)
    for (const fact of facts) expect(typeof fact['type']).toBe('string')
    expect(err).toBe('')
  })

  it('a summary carries its data, a result its data, a failure its code and exit code', () => {
    expect(facts.find(({ type }) => type === 'summary')).toMatchObject({ deep: [{ a: 'line\nbreak "quoted"' }] })
    expect(facts.find(({ type }) => type === 'result')).toMatchObject({ data: { number: 7, none: null } })
    expect(facts.at(-1)).toMatchObject({ type: 'failure', code: 'StackFailed', exitCode: 5, step: 'Check' })
  })
})

describe('the log file', () => {
  it('has every line with its time, the output of tools, and no results', () => {
    const { log } = show(eventsSaying('words'), {})
    for (const line of log.trimEnd().split('\n')) expect(line).toMatch(/^2025-01-02T03:04:05\.000Z /)
    expect(log).toContain('Check: detail words')
    expect(show([{ type: 'result', text: 'token', data: 'token' }], {}).log).toBe('')
  })

  it('ends with a status line and is the user’s alone', () => {
    const folder = temporaryFolder()
    const log = openLogFile(folder, 'rs-deploy', fakeClock().now)
    log.detail('one\ntwo')
    log.close(4, 'StackState', 1234)
    const file = path.join(folder, log.path)
    expect(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)).toMatch(
      /Z closed: StackState, exit 4, after 1\.2 s$/,
    )
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(log.path).toMatch(/^\.rs\/logs\/2025-01-02T03-04-05-000Z-rs-deploy-\d+\.log$/)
  })

  it('leaves the newest hundred and what is no log', () => {
    const folder = temporaryFolder()
    const logs = path.join(folder, '.rs', 'logs')
    mkdirSync(logs, { recursive: true })
    for (let i = 0; i < 120; i++) writeFileSync(path.join(logs, `2024-01-01-${String(i).padStart(3, '0')}.log`), '')
    writeFileSync(path.join(logs, 'emulator.txt'), '')
    openLogFile(folder, 'x', fakeClock().now).close(0, 'Done', 1)
    const left = readdirSync(logs).sort()
    expect(left.filter((name) => name.endsWith('.log'))).toHaveLength(100)
    expect(left[0]).toBe('2024-01-01-021.log')
    expect(left).toContain('emulator.txt')
  })
})

describe('a step', () => {
  it('tells its beginning, its last word and how long it took', async () => {
    const events: Event[] = []
    const clock = fakeClock()
    const report = makeReport([(event) => void events.push(event)], clock)
    const value = await report.step('Build', async (step) => {
      step.skip('first')
      await clock.sleep(1500)
      step.say('then')
      return 7
    })
    expect(value).toBe(7)
    expect(events).toEqual([
      { type: 'step-started', title: 'Build' },
      { type: 'step-ended', title: 'Build', outcome: 'done', text: 'then', durationMs: 1500 },
    ])
    expect(report.failedStep()).toBeUndefined()
  })

  it('that fails says so, is remembered, and passes the error on', async () => {
    const events: Event[] = []
    const report = makeReport([(event) => void events.push(event)], fakeClock())
    const work = report.step('Deploy', async () => {
      throw new DeployError('StackFailed', 'it failed')
    })
    expect((await rejectedBy(work)).message).toBe('it failed')
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', text: 'it failed' })
    expect(report.failedStep()).toBe('Deploy')
  })

  it('that fails with an error of somebody else’s says what it means, not only that it failed', async () => {
    const events: Event[] = []
    const report = makeReport([(event) => void events.push(event)], fakeClock(), new Set(), () => 'AWS is busy')
    await report.step('Deploy', () => Promise.reject(new Error('ThrottlingException'))).catch(() => undefined)
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', text: 'AWS is busy' })
  })
})
