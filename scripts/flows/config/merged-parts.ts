import { parseConfig } from '../../core/config-file.js'
import { type JsonObject, mergeConfig, valuesOf } from '../../core/config-merge.js'
import type { FilesContext } from '../context.js'

type Part = 'lambda' | 'webapp'

export interface MergedPart {
  part: Part
  merged: JsonObject
  /** The file that each value comes from, by path. */
  sources: { path: string; value: string; file: string }[]
}

/** The files of one part as they are, and what they make together; `below` is undefined where the base is missing. */
export interface PartFiles {
  base: string
  own: string
  texts: Record<string, string>
  below: JsonObject | undefined
  over: JsonObject | undefined
  merged: JsonObject
}

/** Reads the environment's file and the organization's over it. Throws Usage where one is wrong. */
export async function readPart(part: Part, { ports, target }: FilesContext): Promise<PartFiles> {
  const file = (name: string): string => `infra/.config/${part}/${name}.json`
  const [base, own] = [file(target.env), file(`${target.env}-${target.org}`)]
  const texts: Record<string, string> = {}
  const read = async (one: string): Promise<JsonObject | undefined> => {
    const text = await ports.files.readText(one)
    if (text === undefined) return undefined
    texts[one] = text
    return parseConfig(text, one)
  }
  const [below, over] = [await read(base), await read(own)]
  return { base, own, texts, below, over, merged: mergeConfig(below ?? {}, over ?? {}) }
}

/** Both merged configurations of a target, each value with its file. Throws Usage where a file is wrong. */
export async function mergedConfigs(context: FilesContext): Promise<MergedPart[]> {
  const parts = ['lambda', 'webapp'] as const
  return Promise.all(
    parts.map(async (part) => {
      const { base, own, below = {}, over = {}, merged } = await readPart(part, context)
      const [inBase, inOwn] = [valuesOf(below), valuesOf(over)]
      const sources = Object.entries(valuesOf(merged)).map(([path, value]) => {
        const isOwn = Object.hasOwn(inOwn, path) || !Object.hasOwn(inBase, path)
        return { path, value, file: isOwn ? own : base }
      })
      return { part, merged, sources: sources.filter((one) => one.path !== '') }
    }),
  )
}
