import { parseConfig } from '../../core/config-file.js'
import { type JsonObject, mergeConfig, valuesOf } from '../../core/config-merge.js'
import type { FilesContext } from '../context.js'

export interface MergedPart {
  part: 'lambda' | 'webapp'
  merged: JsonObject
  /** The file that each value comes from, by path. */
  sources: { path: string; value: string; file: string }[]
}

/** Both merged configurations of a target, each value with its file. Throws Usage where a file is wrong. */
export async function mergedConfigs({ ports, target }: FilesContext): Promise<MergedPart[]> {
  const parts = ['lambda', 'webapp'] as const
  return Promise.all(
    parts.map(async (part) => {
      const file = (name: string): string => `infra/.config/${part}/${name}.json`
      const [base, own] = [file(target.env), file(`${target.env}-${target.org}`)]
      const [below = {}, over = {}] = await Promise.all(
        [base, own].map(async (one) => {
          const text = await ports.files.readText(one)
          return text === undefined ? undefined : parseConfig(text, one)
        }),
      )
      const merged = mergeConfig(below, over)
      const [inBase, inOwn] = [valuesOf(below), valuesOf(over)]
      const sources = Object.entries(valuesOf(merged)).map(([path, value]) => {
        const isOwn = Object.hasOwn(inOwn, path) || !Object.hasOwn(inBase, path)
        return { path, value, file: isOwn ? own : base }
      })
      return { part, merged, sources: sources.filter((one) => one.path !== '') }
    }),
  )
}
