import type { Template } from './template.js'

/** Where a processed template has its code from, by the type of the resource. */
const codeProperties: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'Code',
  'AWS::Lambda::LayerVersion': 'Content',
}

/** The S3 addresses of code and layers in a processed template, by logical id; inline code and images have none. */
export function artifactsOf(template: Template): Record<string, string> {
  const found = Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties }]): [string, string][] => {
    const property = codeProperties[Type]
    const address = property === undefined ? undefined : addressOf(Properties?.[property])
    return address === undefined ? [] : [[logicalId, address]]
  })
  return Object.fromEntries(found)
}

function addressOf(code: unknown): string | undefined {
  if (code === null || typeof code !== 'object') return undefined
  const { S3Bucket: bucket, S3Key: key, S3ObjectVersion: version } = code as Record<string, unknown>
  if (typeof bucket !== 'string' || typeof key !== 'string') return undefined
  return `s3://${bucket}/${key}${typeof version === 'string' ? `?versionId=${version}` : ''}`
}

/** The keys below `prefix` that a text names, however it writes their addresses. */
export function keysNamedIn(text: string, prefix: string): string[] {
  const literal = prefix.replaceAll(/[^\w/-]/g, String.raw`\$&`)
  return [...new Set(text.match(new RegExp(`${literal}[\\w.-]+`, 'g')))]
}
