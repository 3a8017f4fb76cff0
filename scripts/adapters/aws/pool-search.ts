import {
  type CognitoIdentityProviderClient,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PoolSearch } from '../../ports/users.js'
import { everyPage } from './clients.js'

/** Most items of one page (Cognito, "ListUserPools", "ListUserPoolClients"). */
const pageSize = 60

/** Finding user pools and their clients by name. */
export function poolSearch(client: CognitoIdentityProviderClient): PoolSearch {
  return {
    async findByName(name) {
      const pools = await everyPage(
        (NextToken) => client.send(new ListUserPoolsCommand({ MaxResults: pageSize, NextToken })),
        (page) => page.UserPools,
        (page) => page.NextToken,
      )
      return pools.flatMap(({ Id, Name }) => (Name === name && Id !== undefined ? [Id] : []))
    },
    async clientsByName(UserPoolId, name) {
      const clients = await everyPage(
        (NextToken) => client.send(new ListUserPoolClientsCommand({ UserPoolId, MaxResults: pageSize, NextToken })),
        (page) => page.UserPoolClients,
        (page) => page.NextToken,
      )
      return clients.flatMap(({ ClientId, ClientName }) =>
        ClientName === name && ClientId !== undefined ? [ClientId] : [],
      )
    },
  }
}
