import { DeployError } from '../errors.js'
import type { BucketPresences } from './buckets-plan.js'
import { type Surroundings, resolverFor } from './intrinsics.js'
import type { Names } from './names.js'
import type { BucketKey } from './project.js'
import { outlivesRemoval, outlivesReplacement } from './stateful.js'
import type { Template } from './template.js'

const bucketType = 'AWS::S3::Bucket'

/** A bucket and what the template calls it. */
export interface TemplateBucket {
  logicalId: string
  name: string
}

export interface AdoptionFacts {
  names: Names
  presence: BucketPresences
  /** What the template calls which bucket, and how it treats them. */
  template: Template
  buckets: readonly TemplateBucket[]
  /** What the stack holds, by logical id. */
  held: ReadonlyMap<string, string | undefined>
}

/** Which buckets come under the stack's management, and which the next deployment creates; by name. */
export interface Adoption {
  adopted: TemplateBucket[]
  missing: string[]
}

/** Every bucket that the template names, with the parameters worked out as far as they are known. */
export function bucketsOf(surroundings: Surroundings): TemplateBucket[] {
  const resolve = resolverFor(surroundings)
  return Object.entries(surroundings.template.Resources).flatMap(([logicalId, { Type, Properties }]) => {
    const name = Type === bucketType ? resolve(Properties?.['BucketName']) : undefined
    return typeof name === 'string' ? [{ logicalId, name }] : []
  })
}

/**
 * Decides which buckets a stack takes over: those of exactly the target's names that are this account's, in this region,
 * and outside the stack. Throws Refused where one of them could be lost or mistaken by it.
 */
export function planAdoption({ names, presence, template, buckets, held }: AdoptionFacts): Adoption {
  const named = (key: BucketKey): string => names.buckets[key]
  const elsewhere = names.bucketKeys.filter((key) => presence[key] === 'foreign' || presence[key] === 'other-region')
  if (elsewhere.length > 0) {
    throw new DeployError('Refused', `not this account's, or in another region: ${elsewhere.map(named).join(', ')}`, {
      hint: 'a stack can only hold buckets of its own account and region',
    })
  }
  const inStack = new Set(held.values())
  const outside = names.bucketKeys.filter((key) => presence[key] === 'ours' && !inStack.has(named(key))).map(named)
  const adopted = outside.map((name) => {
    const found = buckets.find((bucket) => bucket.name === name)
    if (found === undefined) {
      throw new DeployError('Refused', `template.yaml names no bucket ${name}`, {
        hint: 'it must have an AWS::S3::Bucket with exactly this BucketName',
      })
    }
    verifyKept(found, template)
    const other = held.get(found.logicalId)
    if (other === undefined) return found
    throw new DeployError('Refused', `the stack's ${found.logicalId} is another bucket: ${other}`, {
      hint: `copy what is needed, then remove ${name} or that one`,
    })
  })
  return { adopted, missing: names.bucketKeys.filter((key) => presence[key] === 'absent').map(named) }
}

/** The next deployment's template decides what becomes of a bucket that the stack holds. */
function verifyKept({ logicalId, name }: TemplateBucket, template: Template): void {
  const resource = template.Resources[logicalId] ?? {}
  if (outlivesRemoval(bucketType, resource) && outlivesReplacement(bucketType, resource)) return
  throw new DeployError('Refused', `${logicalId} would not be kept: a deployment could remove ${name} with all in it`, {
    hint: `give ${logicalId} in template.yaml DeletionPolicy: RetainExceptOnCreate and UpdateReplacePolicy: Retain`,
  })
}

/**
 * The template of an import: what the stack has, untouched, and the buckets. CloudFormation takes what an import says of
 * a bucket for true without looking, so it says nothing but the name: the next deployment then really applies the rest.
 */
export function importTemplate(current: Template | undefined, adopted: readonly TemplateBucket[]): Template {
  const imported = adopted.map(({ logicalId, name }) => {
    const policies = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }
    return [logicalId, { Type: bucketType, ...policies, Properties: { BucketName: name } }] as const
  })
  const base: Template = current ?? { AWSTemplateFormatVersion: '2010-09-09', Resources: {} }
  return { ...base, Resources: { ...base.Resources, ...Object.fromEntries(imported) } }
}
