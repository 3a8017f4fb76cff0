import { type TemplateBucket, bucketsOf } from './bucket-adoption.js'
import { type Surroundings, resolverFor, truthOf } from './intrinsics.js'

/** The bucket policies that a template makes with these parameters, by the name of their bucket. */
export function policiesOf(surroundings: Surroundings): TemplateBucket[] {
  const { template } = surroundings
  const named = Object.fromEntries(bucketsOf(surroundings).map(({ logicalId, name }) => [logicalId, name]))
  // A reference to a bucket of the template stands for its name.
  const resolve = resolverFor({ ...surroundings, parameters: { ...named, ...surroundings.parameters } })
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties, ...rest }]) => {
    if (Type !== 'AWS::S3::BucketPolicy') return []
    const condition = rest['Condition']
    if (condition !== undefined && truthOf({ Condition: condition }, surroundings) === false) return []
    const name = resolve(Properties?.['Bucket'])
    return typeof name === 'string' ? [{ logicalId, name }] : []
  })
}
