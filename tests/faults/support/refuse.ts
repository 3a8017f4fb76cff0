import { PutObjectCommand } from '@aws-sdk/client-s3'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, makeProject } from '../../e2e/support/project.js'
import { type FaultProxy, startProxy } from '../../support/fault-proxy.js'
import { clientsOf } from './end-state.js'
import type { Hostile } from './hostile.js'

const bucket = 'rawscribe-sam-deployments-000000000000'
const control = /[\p{Cc}\u202e\u200b]/u

export interface Refuser {
  /** What is wrong with how an input was refused; empty when it was refused as it should be. */
  problems(hostile: Hostile): Promise<string[]>
  remove(): Promise<void>
}

/** A checkout with nothing deployed, and a proxy that counts the writes. */
export async function makeRefuser(name: string): Promise<Refuser> {
  const project = await makeProject(name)
  const endpoint = (await project.program(['local-start'])).stdout.trim()
  const proxy = await startProxy(endpoint)
  const { s3 } = clientsOf(endpoint)
  // What every account needs once is no write of a refused run.
  await project.program(['rs-lock'], { ENV: 'dev', ORG: 'other', RS_WHY: 'prepare', CLOUD: 'local' })
  return {
    async problems(hostile) {
      for (const [Key, Body] of Object.entries(hostile.stored ?? {})) {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }))
      }
      const restore = await exchange(project, hostile.files ?? {})
      try {
        return await refuse(hostile, project, proxy)
      } finally {
        await restore()
      }
    },
    async remove() {
      await proxy.close()
      await project.remove()
    },
  }
}

async function refuse(hostile: Hostile, project: Project, proxy: FaultProxy): Promise<string[]> {
  proxy.calls.length = 0
  const { exitCode, stdout, stderr } = await project.program([hostile.command ?? 'rs-deploy'], {
    ENV: 'dev',
    ORG: 'bad',
    AWS_ENDPOINT_URL: proxy.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    ...hostile.env,
  })
  const writes = proxy.calls.filter(({ write, status = 0 }) => write && status < 400).map(({ operation }) => operation)
  const wrong = [
    [2, 4].includes(exitCode) ? '' : `exit ${exitCode}`,
    writes.length === 0 ? '' : `it wrote ${writes.join(', ')}`,
    hostile.says.test(stderr) ? '' : `it does not say ${hostile.says.source}`,
    control.test(stderr.replaceAll(/[\n\t]/g, '')) ? 'it hands on control characters' : '',
    stderr.length > 6_000 ? `it says ${stderr.length} characters` : '',
    stdout === '' ? '' : 'it has a result',
    /\(exit \d\)/g.exec(stderr)?.length === 1 ? '' : 'not one message',
  ].filter((text) => text !== '')
  return wrong.length === 0 ? [] : [...wrong, stderr.slice(-1_500)]
}

async function exchange(project: Project, files: Record<string, string | null>): Promise<() => Promise<void>> {
  const kept: [string, string | undefined][] = []
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(project.folder, name)
    kept.push([file, await readFile(file, 'utf8').catch(() => undefined)])
    await rm(file, { force: true })
    await mkdir(text === null ? file : path.dirname(file), { recursive: true })
    if (text !== null) await writeFile(file, text)
  }
  return async () => {
    for (const [file, text] of kept) {
      await rm(file, { recursive: true, force: true })
      if (text !== undefined) await writeFile(file, text)
    }
  }
}
