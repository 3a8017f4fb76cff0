/** The project's identity: the two words that every computed name starts with, and what the backend calls itself. */
export interface Identity {
  prefix: string
  frontendPrefix: string
  service: string
}

/** Part of a release's inputs: a new version of this tool may deploy the same sources differently. */
export const toolVersion = '1'

export const identity: Identity = { prefix: 'rawscribe', frontendPrefix: 'syndi', service: 'rawscribe' }
