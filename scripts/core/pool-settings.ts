/** The settings of a user pool and its client on which its safety hangs. */
export interface PoolSettings {
  deletionProtected: boolean
  /** Whether anybody may make himself a user. */
  selfSignUp: boolean
  client: {
    /** Whether a wrong name is answered like a wrong password. */
    hidesUsers: boolean
    revokesTokens: boolean
    /** Cognito's defaults where it says nothing. */
    idTokenMinutes: number
    refreshTokenDays: number
  }
}
