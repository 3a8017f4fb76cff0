import type { Target } from '../core/target.js'
import type { DeployOutcome } from '../flows/deploy/deploy.js'

/**
 * What to type after a deployment. After the first one nobody can use the target yet, unless it has no sign-in or no
 * place for SOPs: then there is nothing to fill. One that found nothing to do was not the first.
 */
export function nextAfter(
  { kind, release, stack }: Pick<DeployOutcome, 'kind' | 'release' | 'stack'>,
  page: 'there' | 'offered' | 'none',
  { env, org, hasForms }: Target & { hasForms: boolean },
): string[] {
  const where = `ENV=${env} ORG=${org}`
  const isFirst = kind === 'deployed' && release === 1 && env !== 'prod'
  const canBeFilled = hasForms && (stack.outputs['CognitoUserPoolId'] ?? '') !== ''
  return [
    ...(isFirst && canBeFilled ? [`make rs-bootstrap-testenv ${where}`] : []),
    `make ${page === 'offered' ? 'deploy-frontend' : 'check-rs'} ${where}`,
  ]
}
