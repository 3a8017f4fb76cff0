import { DeployError } from '../../scripts/errors.js'

/** The DeployError that `work` throws; anything else fails the test. */
export function thrownBy(work: () => unknown): DeployError {
  try {
    work()
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** The DeployError that a promise is rejected with; anything else fails the test. */
export async function rejectedBy(work: Promise<unknown>): Promise<DeployError> {
  try {
    await work
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Code word, message, hint and facts in one text: what a person gets to read. */
export function wordsOf(error: DeployError): string {
  const facts = error.facts.map(({ label, text }) => `${label} ${text}`)
  return [error.code, error.message, error.hint ?? '', ...facts].join('\n')
}
