import path from 'node:path'
import { sha256 } from '../../core/hash.js'
import { type TemplatePart, nestedFiles } from '../../core/nested-templates.js'
import { type Template, keptReading, parseTemplate, readKept } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'

type ReadPart = TemplatePart & { text: string }
type Read = (text: string, file: string) => Template | Promise<Template>

/** A template and, after it, those of the stacks that it nests from files. Throws Usage for one that does not exist. */
export async function readTemplates(
  file: string,
  read: Read,
  context: TargetContext,
): Promise<[ReadPart, ...ReadPart[]]> {
  const text = await context.ports.files.readText(file)
  if (text === undefined) {
    throw new DeployError('Usage', `there is no ${file} in this folder`, {
      hint: 'PROJECT_DIR=path/of/the-project says where it is',
    })
  }
  const root = { prefix: '', file, text, template: await read(text, file) }
  return [root, ...(await readNested(root, [file], read, context))]
}

async function readNested(
  { prefix, file: above, template }: TemplatePart,
  within: readonly string[],
  read: Read,
  context: TargetContext,
): Promise<ReadPart[]> {
  const parts = nestedFiles(template).map(async ({ logicalId, file: named }): Promise<ReadPart[]> => {
    const file = path.join(path.dirname(above), named)
    const text = await context.ports.files.readText(file)
    if (text === undefined || within.includes(file)) throw notNested(`${prefix}${logicalId}`, above, file, text)
    const part = { prefix: `${prefix}${logicalId}/`, file, text, template: await read(text, file) }
    return [part, ...(await readNested(part, [...within, file], read, context))]
  })
  return (await Promise.all(parts)).flat()
}

function notNested(id: string, above: string, file: string, text: string | undefined): DeployError {
  const problem = text === undefined ? 'which does not exist' : 'which nests itself'
  return new DeployError('Usage', `${above} nests ${file} as ${id}, ${problem}`, {
    hint: `correct the location of ${id}`,
  })
}

/**
 * The template of this text. To read YAML is a tenth of a second, much beside a release of code: the build folder, where
 * there is one, keeps what was read.
 */
export async function readOnce(text: string, file: string, { ports, names }: TargetContext): Promise<Template> {
  const name = file.replace(/\.[^.]*$/, '').replaceAll(/[^\w.-]/g, '_')
  const kept = path.join(names.buildFolder, `${name}.read.json`)
  const hash = sha256(text)
  const before = readKept(await ports.files.readText(kept), hash)
  if (before !== undefined) return before
  const template = parseTemplate(text, file)
  if (await ports.files.exists(names.buildFolder)) await ports.files.write(kept, keptReading(template, hash))
  return template
}
