import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseTemplate, writeTemplate } from '../../../scripts/core/template.js'
import { type LossCase, withUnprotected } from './loss-cases.js'
import { type PreciousData, preciousData } from './precious-data.js'
import { type Project, type RunResult, makeProject } from './project.js'

export const target = ['ENV=dev', 'ORG=keep', 'CLOUD=local']

/** A deployed organization with data in everything that holds some, part of it unprotected. */
export interface KeepingProject {
  project: Project
  data: PreciousData
  /** Deploys the template with this change, and puts the template back. */
  deploy(one: Pick<LossCase, 'change' | 'words'>, command?: string): Promise<RunResult>
}

export async function makeKeepingProject(name: string): Promise<KeepingProject> {
  const project = await makeProject(name)
  const file = path.join(project.folder, 'template.yaml')
  const base = withUnprotected(parseTemplate(await project.read('template.yaml'), 'template.yaml'))
  await writeFile(path.join(project.folder, 'inner.json'), writeTemplate({ Resources: { Attic: inner } }))
  await writeFile(file, writeTemplate(base))
  const endpoint = (await project.make(['local-start'])).stdout.trim()
  const first = await project.make(['rs-deploy', ...target, 'ALLOW_DATA_LOSS=Notes,Attic'])
  if (first.exitCode !== 0) throw new Error(`the first deployment failed:\n${first.stderr}`)
  const data = preciousData(endpoint)
  await data.seed()
  return {
    project,
    data,
    async deploy({ change, words = [] }, command = 'rs-deploy') {
      const changed = structuredClone(base)
      change?.(changed)
      await writeFile(file, writeTemplate(changed))
      const result = await project.make([command, ...target, ...words])
      await writeFile(file, writeTemplate(base))
      return result
    },
  }
}

const inner = { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }
