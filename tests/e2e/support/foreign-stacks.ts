/** Stacks that no deployment makes: a slow one, one with a stack inside, one with a custom resource that fails. */

/** A stack that is in progress until its handle is signalled, or fails after so many seconds. */
export function waiting(Timeout: string): string {
  return JSON.stringify({
    Resources: {
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Waits: {
        Type: 'AWS::CloudFormation::WaitCondition',
        Properties: { Handle: { Ref: 'Handle' }, Timeout, Count: 1 },
      },
    },
  })
}

/** Tells the stack of `waiting` to go on, or to fail. A content type is not allowed. */
export async function signal(handle: string, Status: 'SUCCESS' | 'FAILURE'): Promise<void> {
  const text = JSON.stringify({ Status, UniqueId: 'u', Data: 'd', Reason: 'r' })
  await fetch(handle, { method: 'PUT', body: new TextEncoder().encode(text) })
}

export function parentOf(TemplateURL: string): string {
  return JSON.stringify({ Resources: { Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } } } })
}

/** A function that says what is wrong in its log, and only there, of requests of one type. */
const answering = (type: 'Create' | 'Delete'): string => `
import json, urllib.request
def handler(event, context):
    print('the table has no key')
    answer = {'Status': 'FAILED' if event['RequestType'] == '${type}' else 'SUCCESS', 'Reason': 'see the log',
              'PhysicalResourceId': 'x', **{k: event[k] for k in ('StackId', 'RequestId', 'LogicalResourceId')}}
    put = urllib.request.Request(event['ResponseURL'], json.dumps(answer).encode(), method='PUT')
    urllib.request.urlopen(put)
`
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}
/** A resource whose function fails when it is created, or when it is deleted. */
export const customResources = (fails: 'Create' | 'Delete'): Record<string, unknown> => ({
  Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
  Makes: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'python3.13',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: { ZipFile: answering(fails) },
    },
  },
  Made: { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': ['Makes', 'Arn'] } } },
})
