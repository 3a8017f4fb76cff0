import type { Quota, QuotaKind } from '../core/quotas.js'

/** Every method is a read unless its comment starts with "Write". */

export interface Account {
  /** The 12-digit account id and who is asking. */
  caller(): Promise<{ account: string; arn: string }>
  apiGatewayLogRole(): Promise<string | undefined>
  /** Never fails and never takes long: what cannot be read is named. */
  quotas(kinds: readonly QuotaKind[]): Promise<QuotaReading>
  /** Write. Creates the role when it is missing, and names it in API Gateway's account settings. */
  setApiGatewayLogRole(roleName: string): Promise<void>
}

export interface QuotaReading {
  quotas: Quota[]
  unread: QuotaKind[]
}
