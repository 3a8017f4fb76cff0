import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServer } from 'node:net'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'

describe('the local AWS of a checkout', () => {
  let project: Project
  beforeAll(async () => {
    project = await makeProject('local')
  }, 60_000)
  afterAll(async () => project.remove(), 60_000)

  interface State {
    running: boolean
    endpoint: string
    port: number
    pid: number
  }
  const state = async (): Promise<State> => {
    const result = await project.make(['local-status', 'JSON=true'])
    return jsonLine(result, 'result')['data'] as State
  }
  const s3 = (endpoint: string): S3Client =>
    new S3Client({
      region: 'us-east-1',
      endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })

  it('is started once by two runs at the same time', async () => {
    const [one, two] = await Promise.all([project.make(['local-start']), project.make(['local-start'])])
    expect(shown(one)).toContain('exit 0')
    expect(one.stdout).toBe(two.stdout)
  }, 120_000)

  it('says where it is', async () => {
    const text = await project.make(['local-status'])
    expect(text.stdout).toContain('Local AWS: running, MiniStack')
    expect(text.stdout).toContain('docs/local-aws.md')
  })

  it('keeps what it holds over a stop and over kill -9, on the same port', async () => {
    const before = await state()
    await s3(before.endpoint).send(new CreateBucketCommand({ Bucket: 'kept-over-a-stop' }))
    await project.make(['local-stop'])
    expect((await state()).running).toBe(false)
    await project.make(['local-start'])
    const after = await state()
    expect(after.port).toBe(before.port)
    await s3(after.endpoint).send(new CreateBucketCommand({ Bucket: 'kept-over-a-kill' }))
    // The promise is about what was acknowledged a second before the kill.
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    process.kill(after.pid, 'SIGKILL')
    await project.make(['local-start'])
    const last = await state()
    await s3(last.endpoint).send(new HeadBucketCommand({ Bucket: 'kept-over-a-stop' }))
    await s3(last.endpoint).send(new HeadBucketCommand({ Bucket: 'kept-over-a-kill' }))
    expect(last.pid).not.toBe(after.pid)
  }, 60_000)

  it('takes another port when its own is taken', async () => {
    const { port } = await state()
    await project.make(['local-stop'])
    const squatter = createServer().listen(port, '127.0.0.1')
    try {
      await project.make(['local-start'])
      const now = await state()
      expect(now.running).toBe(true)
      expect(now.port).not.toBe(port)
    } finally {
      squatter.close()
    }
  }, 60_000)

  it('asks before it forgets, and forgets when told', async () => {
    const asked = await project.make(['local-reset'])
    expect(asked.stderr).toContain('Declined (exit 3)')
    expect((await state()).running).toBe(true)
    const told = await project.make(['local-reset', 'YES=true'])
    expect(shown(told)).toContain('exit 0')
    expect((await state()).running).toBe(false)
  }, 60_000)
})

describe('the local AWS of two checkouts', () => {
  const projects: Project[] = []
  afterAll(async () => Promise.all(projects.map((project) => project.remove())), 60_000)

  it('that start it at the same instant run side by side, each on a port of its own', async () => {
    projects.push(...(await Promise.all([makeProject('first'), makeProject('second')])))
    const results = await Promise.all(projects.map((project) => project.make(['local-start'])))
    for (const result of results) expect(shown(result)).toContain('exit 0')
    const states = await Promise.all(
      projects.map(async (project) => {
        const result = await project.make(['local-status', 'JSON=true'])
        return jsonLine(result, 'result')['data'] as { running: boolean; port: number; pid: number }
      }),
    )
    expect(states.map(({ running }) => running)).toEqual([true, true])
    expect(new Set(states.map(({ port }) => port)).size).toBe(2)
    expect(new Set(states.map(({ pid }) => pid)).size).toBe(2)
  }, 120_000)
})
