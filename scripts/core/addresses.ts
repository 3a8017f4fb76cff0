import type { Cloud } from './cloud.js'
import type { Project } from './project.js'

/** Addresses as a browser on this machine can open them; never with a slash at the end. */
export interface Addresses {
  api: string | undefined
  page: string | undefined
}

/**
 * The stack's outputs name amazonaws.com and cloudfront.net hosts. On an emulator these are translated: the API to its
 * path on the endpoint, the page to a `*.localhost` name, which browsers take for this machine.
 */
export function addressesOf(outputs: Readonly<Record<string, string>>, apiStage: string, cloud: Cloud): Addresses {
  const api = outputs['ApiEndpoint']?.replace(/\/+$/, '')
  const page = outputs['CloudFrontURL']?.replace(/\/+$/, '')
  if (cloud.endpoint === undefined) return { api, page }
  const endpoint = cloud.endpoint.replace(/\/+$/, '')
  const apiId = apiIdOf(outputs)
  // CloudFront's own name: the page's may be the organization's domain.
  const distribution = /^([^./]+)\./.exec(outputs['CloudFrontDomainName'] ?? page?.replace('https://', '') ?? '')?.[1]
  return {
    api: apiId === undefined ? api : `${endpoint}/restapis/${apiId}/${apiStage}/_user_request_`,
    page: distribution === undefined ? page : localPage(endpoint, distribution),
  }
}

/** The outputs of a stack with the addresses in them as this machine can open them, under whatever names they have. */
export function openableOutputs(
  outputs: Readonly<Record<string, string>>,
  { outputs: theirs }: Pick<Project, 'outputs'>,
  apiStage: string,
  cloud: Cloud,
): Record<string, string> {
  if (cloud.endpoint === undefined) return { ...outputs }
  const { api, page } = addressesOf(outputs, apiStage, cloud)
  const opened: Record<string, string | undefined> = {
    ApiEndpoint: api,
    CloudFrontURL: page,
    ...(theirs.ApiEndpoint === undefined ? {} : { [theirs.ApiEndpoint]: api }),
    ...(theirs.CloudFrontURL === undefined ? {} : { [theirs.CloudFrontURL]: page }),
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, opened[name] ?? value]))
}

/** What the stack says, or what stands in the address that it says. */
export function apiIdOf(outputs: Readonly<Record<string, string>>): string | undefined {
  return outputs['ApiGatewayId'] ?? /^https:\/\/([a-z0-9]+)\.execute-api\./.exec(outputs['ApiEndpoint'] ?? '')?.[1]
}

function localPage(endpoint: string, distribution: string): string {
  const { port } = new URL(endpoint)
  return `http://${distribution.toLowerCase()}.cloudfront.localhost${port === '' ? '' : `:${port}`}`
}
