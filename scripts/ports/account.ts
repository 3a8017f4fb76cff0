/** Every method is a read unless its comment starts with "Write". */

export interface Account {
  /** The 12-digit account id and who is asking. */
  caller(): Promise<{ account: string; arn: string }>
  apiGatewayLogRole(): Promise<string | undefined>
  /** Those that the account's own services tell; none where they do not. */
  quotas(): Promise<Quota[]>
  /** Write. Creates the role when it is missing, and names it in API Gateway's account settings. */
  setApiGatewayLogRole(roleName: string): Promise<void>
}

export interface Quota {
  name: string
  used: number
  limit: number
}
