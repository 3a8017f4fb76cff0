import path from 'node:path'
import { commandFor } from '../../core/next-command.js'
import { sopId, sopProblem } from '../../core/sop.js'
import { DeployError } from '../../errors.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'

const folder = 'sops/'

export interface CopiedSop {
  kind: 'copied' | 'replaced' | 'unchanged'
  id: string
  place: string
}

/**
 * Puts a SOP where the backend looks for it, once it is one by the backend's own rules. Throws Usage with line and
 * reason, Refused where another file has the same id, NotDeployed.
 */
export async function copySop(file: string, context: TargetContext): Promise<CopiedSop> {
  const { ports, target } = context
  const name = path.basename(file)
  const again = commandFor('rs-cp-sop', target, { FILE: file })
  const bytes = await readSop(file, name, again, context)
  await deployedStack(context)
  const bucket = await formsBucket(context)
  const key = `${folder}${name}`
  // What a byte order mark says belongs to the file.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const [present, keys] = await Promise.all([ports.buckets.read(bucket, key), ports.buckets.keys(bucket, folder)])
  const place = `s3://${bucket}/${key}`
  if (present?.text === text) return { kind: 'unchanged', id: sopId(name), place }
  const twin = keys.find((one) => one !== key && sopId(one.slice(folder.length)) === sopId(name))
  if (twin !== undefined) {
    throw new DeployError('Refused', `${twin} has the same id, ${sopId(name)}: the backend would take neither`, {
      hint: `rename ${name}, or name it ${path.basename(twin)} to take that one's place`,
    })
  }
  await confirmDeployment(context)
  await ports.buckets.put(bucket, key, text)
  return { kind: present === undefined ? 'copied' : 'replaced', id: sopId(name), place }
}

/** The SOP with this id, whoever put it there and whatever it says. Throws NotDeployed where there is no bucket. */
export async function presentSop(id: string, context: TargetContext): Promise<CopiedSop | undefined> {
  const bucket = await formsBucket(context)
  const keys = await context.ports.buckets.keys(bucket, folder)
  const key = keys.find((one) => sopId(one.slice(folder.length)) === id)
  return key === undefined ? undefined : { kind: 'unchanged', id, place: `s3://${bucket}/${key}` }
}

async function formsBucket({ ports, names, target }: TargetContext): Promise<string> {
  const bucket = names.buckets.forms
  if (names.bucketKeys.includes('forms') && (await ports.buckets.presence(bucket)) === 'ours') return bucket
  throw new DeployError('NotDeployed', `there is no bucket for SOPs (${bucket || 'the project has none'})`, {
    hint: `make check-rs ENV=${target.env} ORG=${target.org} shows what there is`,
  })
}

async function readSop(file: string, name: string, again: string, { ports }: TargetContext): Promise<Uint8Array> {
  if (!(await ports.files.exists(file))) {
    throw new DeployError('Usage', `FILE=${file} does not exist`, { hint: 'FILE=path/of/a-sop.yaml' })
  }
  const bytes = await ports.files.readBytes(file)
  const problem = sopProblem(name, bytes)
  if (problem === undefined) return bytes
  throw new DeployError('Usage', `${file} is no SOP: ${problem}`, { hint: `correct it, then ${again}` })
}
