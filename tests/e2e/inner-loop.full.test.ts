import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execa } from 'execa'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, jsonLine, makeProject, plainEnvironment, shown } from './support/project.js'

type Line = { type: string; title?: string; text?: string; outcome?: string; data?: Record<string, unknown> }

/** A running rs-watch: waits for what it says instead of for time. */
interface Watching {
  /** The first line from now on that is `wanted`. */
  until(wanted: (line: Line) => boolean): Promise<Line>
  /** Ctrl-C for the program, as a terminal sends it to its group. */
  stop(): Promise<RunResult>
}

describe('the inner loop', () => {
  let project: Project
  let api: string
  const running: Watching[] = []

  const target = ['ENV=dev', 'ORG=loop', 'CLOUD=local']
  const make = (name: string, ...words: string[]): Promise<RunResult> => project.make([name, ...target, ...words])
  const source = 'backend/rawscribe/routes/root.py'
  const answer = async (): Promise<string> => ((await (await fetch(`${api}/`)).json()) as { service: string }).service
  const save = async (file: string, change: (text: string) => string): Promise<void> => {
    const place = path.join(project.folder, file)
    await writeFile(place, change(await readFile(place, 'utf8')))
  }
  const saveAnswer = (service: string): Promise<void> =>
    save(source, (text) => text.replace(/"service": "[^"]*"/, `"service": "${service}"`))

  beforeAll(async () => {
    project = await makeProject('loop')
    await writeFile(path.join(project.folder, 'infra/.config/lambda/dev-loop.json'), '{}\n')
    const deployed = await make('rs-up', 'JSON=true')
    expect(shown(deployed)).toContain('exit 0')
    api = jsonLine(deployed, 'summary')['api'] as string
  }, 120_000)
  afterAll(async () => {
    await Promise.all(running.map((watching) => watching.stop()))
    await project.remove()
  }, 60_000)

  function watch(...words: string[]): Watching {
    const child = execa('make', ['rs-watch', ...target, ...words, 'JSON=true'], {
      cwd: project.folder,
      env: plainEnvironment(path.join(project.folder, '.rs', 'home')),
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      detached: true,
    })
    const lines: Line[] = []
    let seen = 0
    let wake = (): void => undefined
    let rest = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts.filter((one) => one.startsWith('{')).map((one) => JSON.parse(one) as Line))
      wake()
    })
    const watching: Watching = {
      async until(wanted) {
        for (;;) {
          while (seen < lines.length) {
            const line = lines[seen++]!
            if (wanted(line)) return line
          }
          await new Promise<void>((resolve) => (wake = resolve))
        }
      },
      async stop() {
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT')
        const result = await child
        return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
      },
    }
    running.push(watching)
    return watching
  }

  it('does nothing where nothing changed, and the least where something did', async () => {
    expect(jsonLine(await make('rs-up', 'JSON=true'), 'summary')).toMatchObject({ outcome: 'unchanged', release: 1 })
    await saveAnswer('by hand')
    const code = await make('rs-up')
    expect(code.stderr).toContain('rs-deploy-function: update the code past CloudFormation (code changed)')
    expect(shown(code)).toContain('exit 0')
    expect(await answer()).toBe('by hand')
    await save('infra/.config/lambda/dev-loop.json', () => '{ "ui": { "title": "Loop" } }\n')
    const config = await make('rs-up')
    expect(config.stderr).toContain('rs-update-config: upload the configuration (the configuration changed)')
    expect(jsonLine(await make('rs-up', 'JSON=true'), 'summary')).toMatchObject({ outcome: 'unchanged', release: 2 })
  }, 60_000)

  it('brings saves live while it watches, and neither a broken one nor the template', async () => {
    const watching = watch()
    await watching.until(({ text }) => text?.startsWith('watching ') === true)
    await saveAnswer('saved')
    const released = await watching.until(({ type, title }) => type === 'step-ended' && title === 'Release')
    expect(released).toMatchObject({ outcome: 'done', text: 'root.py: version 3 live, release 3' })
    expect(await answer()).toBe('saved')
    const logged = await watching.until(
      ({ type, data }) => type === 'result' && /"path": "\/"/.test(String(data?.['message'])),
    )
    expect(logged.data).toMatchObject({ function: 'RawscribeLambda', kind: 'line', level: 'info' })

    const good = await readFile(path.join(project.folder, source), 'utf8')
    await save(source, (text) => `${text}def broken(:\n`)
    const failure = await watching.until(({ type }) => type === 'failure')
    const line = good.split('\n').length
    expect(failure).toMatchObject({ code: 'Usage', message: `${source}:${line} invalid syntax; nothing was deployed` })
    await save('template.yaml', (text) => `${text}\n`)
    expect(await watching.until(({ type }) => type === 'warning')).toMatchObject({
      text: 'template.yaml goes through CloudFormation',
      hint: 'make rs-up ENV=dev ORG=loop CLOUD=local in another terminal, or AUTO=true',
    })
    expect(await answer()).toBe('saved')
    expect((await make('rs-lock-status')).stdout).toBe('free')

    const stopped = await watching.stop()
    expect(stopped.stdout).not.toContain('Interrupted')
    const logs = await execa('sh', ['-c', 'tail -qn 1 .rs/logs/*-rs-watch-*.log'], { cwd: project.folder })
    expect(logs.stdout).toMatch(/closed: Done, exit 0, /)
  }, 60_000)

  const releases = async (): Promise<number> =>
    (jsonLine(await make('rs-history', 'JSON=true'), 'result')['data'] as unknown[]).length

  it('brings the newest of many saves live that come while another one goes live, and nothing between', async () => {
    await save('template.yaml', (text) => `${text.trimEnd()}\n`)
    await save(source, (text) => text.replace('def broken(:\n', ''))
    const before = await releases()
    const watching = watch()
    await watching.until(({ text }) => text?.startsWith('watching ') === true)
    await saveAnswer('first')
    // The code of the first one is packaged by then.
    await project.hasLogged('rs-watch', 'Lock free')
    for (let i = 1; i <= 20; i++) await saveAnswer(`burst ${i}`)
    const released = (line: Line): boolean => line.type === 'step-ended' && line.title === 'Release'
    expect(await watching.until(released)).toMatchObject({ outcome: 'done' })
    expect(await watching.until(released)).toMatchObject({ outcome: 'done' })
    expect(await answer()).toBe('burst 20')
    await watching.stop()
    expect(await releases()).toBe(before + 2)
  }, 60_000)

  it('does not bring a broken file along with the next good one', async () => {
    const watching = watch()
    await watching.until(({ text }) => text?.startsWith('watching ') === true)
    const lazy = 'backend/rawscribe/problems.py'
    const whole = await readFile(path.join(project.folder, lazy), 'utf8')
    await save(lazy, (text) => `${text}def broken(:\n`)
    await watching.until(({ type }) => type === 'failure')
    await saveAnswer('beside a broken file')
    const failure = (await watching.until(({ type }) => type === 'failure')) as unknown as { message: string }
    expect(failure.message).toMatch(/^backend\/rawscribe\/problems\.py:\d+ invalid syntax; nothing was deployed$/)
    expect(await answer()).toBe('burst 20')
    await save(lazy, () => whole)
    const released = await watching.until(({ type, title }) => type === 'step-ended' && title === 'Release')
    expect(released.text).toMatch(/^problems\.py and 1 more: version \d+ live/)
    expect(await answer()).toBe('beside a broken file')
    await watching.stop()
  }, 60_000)

  it('deploys what needs CloudFormation with AUTO=true, and misses no save meanwhile', async () => {
    const before = await releases()
    const watching = watch('AUTO=true')
    await watching.until(({ text }) => text?.startsWith('watching ') === true)
    await save('template.yaml', (text) => text.replace(/MemorySize: \d+/, 'MemorySize: 640'))
    await saveAnswer('with the template')
    await watching.until(({ type, title }) => type === 'step-started' && title === 'Deploy')
    await saveAnswer('while it deployed')
    expect(await watching.until(({ type }) => type === 'summary')).toMatchObject({ outcome: 'deployed' })
    const released = await watching.until(({ type, title }) => type === 'step-ended' && title === 'Release')
    expect(released).toMatchObject({ outcome: 'done', text: expect.stringMatching(/^root\.py: version \d+ live/) })
    expect(await answer()).toBe('while it deployed')
    await saveAnswer('after it')
    await watching.until(({ type, title }) => type === 'step-ended' && title === 'Release')
    expect(await answer()).toBe('after it')
    await watching.stop()
    expect(await releases()).toBe(before + 3)
  }, 120_000)

  it('prints the log of what was called, for people and for programs', async () => {
    const { stdout } = await make('rs-watch-log', 'FOLLOW=false', 'SINCE=1h', 'FILTER="PATH": "/"')
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}info {2}request method=GET path=\/ status=200 /m)
    expect(stdout).not.toContain('/health')
    const events = await make('rs-watch-log', 'FOLLOW=false', 'SINCE=1h', 'JSON=true')
    expect(jsonLine(events, 'result')['data']).toMatchObject({ function: 'RawscribeLambda' })
    expect(events.stdout).not.toMatch(/"message":"(START|END) /)
  }, 60_000)

  it('measures every release, and tells this target from one that is not there', async () => {
    const metrics = jsonLine(await make('rs-metrics', 'JSON=true'), 'result')['data'] as {
      total: Record<string, unknown>
    }
    const deployments = await releases()
    expect(metrics.total).toMatchObject({ deployments, live: deployments, successRate: 1, rollbacks: 0 })
    const compared = await make('rs-compare', 'WITH=nobody', 'CHECK=true', 'JSON=true')
    expect(jsonLine(compared, 'failure')).toMatchObject({ code: 'Different', exitCode: 7 })
    expect((await make('rs-compare', 'WITH=loop', 'CHECK=true')).stdout).toBe(
      'same: stack, health, template, code, parameters, config',
    )
  }, 60_000)
})
