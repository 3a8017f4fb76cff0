import { describe, expect, it } from '@jest/globals'
import { readableLines } from '../../scripts/core/log-event.js'
import { beginsFailure, beginsOperation, isSuccess, operationsOf } from '../../scripts/core/operations.js'
import { type CauseEvent, adviceFor, firstFailure } from '../../scripts/core/root-cause.js'
import { stackStates } from '../../scripts/core/stack-state.js'

const arn = 'arn:stack'
const event = (logicalId: string, status: string, reason?: string): CauseEvent & { at: Date } => ({
  id: `${logicalId} ${status}`,
  at: new Date(0),
  stackName: 's',
  logicalId,
  physicalId: logicalId === 'stack' ? arn : undefined,
  type: 'AWS::X',
  status,
  reason,
})

describe('the first failure', () => {
  it.each([
    'Resource creation cancelled',
    'Resource update cancelled',
    'The following resource(s) failed to create: [Inner]. Rollback requested by user.',
    'Embedded stack arn:aws:cloudformation:x was not successfully created: The following resource(s) failed',
    'User Initiated',
  ])('is none that only follows from another one: %s', (reason) => {
    const cause = event('Late', 'CREATE_FAILED', 'a reason of its own')
    expect(firstFailure([event('Early', 'CREATE_FAILED', reason), cause])).toBe(cause)
  })

  it('may speak of something that was cancelled', () => {
    const cause = event('Order', 'CREATE_FAILED', 'the order was cancelled by its owner')
    expect(firstFailure([cause, event('Other', 'CREATE_FAILED', 'later')])).toBe(cause)
  })
})

describe('the advice', () => {
  it.each([
    ['AWS::S3::Bucket', 'rawscribe-forms-dev-demo-0 already exists', 'make rs-adopt-buckets'],
    [
      'AWS::S3::Bucket',
      'The requested bucket name is not available. (Service: S3, Status Code: 409)',
      'CREATE_BUCKETS',
    ],
    ['AWS::Logs::LogGroup', "Resource of type 'X' with identifier 'y' already exists.", 'remove or rename'],
    ['AWS::IAM::Role', 'x already exists (HandlerErrorCode: AlreadyExists)', 'remove or rename'],
    [
      'AWS::CloudFront::Distribution',
      'One or more of the CNAMEs you provided are already associated',
      'DOMAIN_NAME=none',
    ],
    ['', 'Requires capabilities : [CAPABILITY_NAMED_IAM]', 'capability'],
    ['AWS::S3::Bucket', 'The bucket you tried to delete is not empty. You must delete all versions', 'rs-nuke-buckets'],
    ['AWS::Lambda::Function', 'The role defined for the function cannot be assumed by Lambda.', 'role'],
    ['AWS::Lambda::Function', 'Account limit exceeded (HandlerErrorCode: ServiceLimitExceeded)', 'quota'],
    ['AWS::S3::Bucket', 'You have attempted to create more buckets than allowed. TooManyBuckets', 'quota'],
    ['AWS::Lambda::Function', 'Unzipped size must be smaller than 262144000 bytes', 'too large'],
    ['AWS::X', 'Rate exceeded (HandlerErrorCode: Throttling)', 'wait a minute'],
    ['AWS::X', 'User: arn:aws:iam::1:user/x is not authorized to perform: s3:CreateBucket', 'permission'],
    ['AWS::S3::Bucket', 'Properties validation failed for resource X: extraneous key [Foo]', 'template.yaml'],
    ['AWS::X', 'Model validation failed (#/Timeout: 1000 is not less or equal to 900)', 'template.yaml'],
    ['Custom::Thing', 'Received response status [FAILED] from custom resource. AccessDenied', 'function behind'],
    ['AWS::CloudFormation::CustomResource', 'CloudFormation did not receive a response', 'function behind'],
    ['AWS::X', 'Export a:b cannot be deleted as it is in use by c. Export a:b in use by c', 'another stack'],
    ['AWS::ECS::Service', 'Resource did not stabilize (HandlerErrorCode: NotStabilized)', 'too long'],
    ['AWS::X', 'nobody has ever seen this', 'correct the cause'],
  ])('%s: %s', (type, reason, hint) => expect(adviceFor(reason, type, 'dev')).toContain(hint))
})

/** Texts as AWS writes them, request ids shortened. */
const handler = (text: string, service: string, status: number, code: string): string =>
  `Resource handler returned message: "${text} (Service: ${service}, Status Code: ${status}, Request ID: 1a2b)" (RequestToken: 3c4d, HandlerErrorCode: ${code})`

describe('the causes that people hit', () => {
  it.each([
    [
      'a name that exists',
      'AWS::S3::Bucket',
      "Resource of type 'AWS::S3::Bucket' with identifier 'forms' already exists.",
      'CREATE_BUCKETS=false',
    ],
    [
      'a name that exists',
      'AWS::Lambda::Function',
      handler('Function already exist: backend', 'Lambda', 409, 'AlreadyExists'),
      'then the same command again',
    ],
    [
      'a missing capability',
      'AWS::CloudFormation::Stack',
      'Requires capabilities : [CAPABILITY_NAMED_IAM] (Service: CloudFormation, Status Code: 400, Request ID: 1a2b)',
      'the tool gives all three',
    ],
    [
      'a bucket that is not empty',
      'AWS::S3::Bucket',
      handler('The bucket you tried to delete is not empty', 'S3', 409, 'GeneralServiceException'),
      'make rs-nuke-buckets',
    ],
    [
      'a bucket with versions',
      'AWS::S3::Bucket',
      handler(
        'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
        'S3',
        409,
        'GeneralServiceException',
      ),
      'make rs-nuke-buckets',
    ],
    [
      'a role that cannot be assumed',
      'AWS::Lambda::Function',
      handler('The role defined for the function cannot be assumed by Lambda.', 'Lambda', 400, 'InvalidRequest'),
      'the same command again',
    ],
    [
      'a limit',
      'AWS::S3::Bucket',
      handler('You have attempted to create more buckets than allowed', 'S3', 400, 'ServiceLimitExceeded'),
      'make rs-doctor',
    ],
    [
      'a limit',
      'AWS::ApiGateway::RestApi',
      handler(
        'Maximum number of Rest APIs for this account has been reached.',
        'ApiGateway',
        429,
        'ServiceLimitExceeded',
      ),
      'make rs-doctor',
    ],
    [
      'a property that does not exist',
      'AWS::S3::Bucket',
      'Properties validation failed for resource FormsBucket with message:\n#: extraneous key [Foo] is not permitted',
      'make rs-validate',
    ],
    [
      'a property of another type',
      'AWS::Lambda::Function',
      'Value of property Layers must be of type List of String',
      'make rs-validate',
    ],
    ['a property that does not exist', 'AWS::SNS::Topic', 'Encountered unsupported property Foo', 'make rs-validate'],
    [
      'a layer that is too large',
      'AWS::Lambda::LayerVersion',
      handler('Unzipped size must be smaller than 262144000 bytes', 'Lambda', 400, 'InvalidRequest'),
      'make rs-deploy',
    ],
    [
      'layers that are too large together',
      'AWS::Lambda::Function',
      handler(
        'Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 262200000 bytes.',
        'Lambda',
        400,
        'InvalidRequest',
      ),
      'make rs-deploy',
    ],
    [
      'throttling',
      'AWS::ApiGateway::Method',
      handler('Too Many Requests', 'ApiGateway', 429, 'Throttling'),
      'wait a minute, then the same command again',
    ],
    [
      'throttling',
      'AWS::IAM::Role',
      'Rate exceeded (Service: Iam, Status Code: 400, Request ID: 1a2b)',
      'wait a minute',
    ],
  ])('%s (%s): %s', (_cause, type, reason, hint) => expect(adviceFor(reason, type, 'dev')).toContain(hint))
})

it('advises nobody in prod to delete data', () => {
  const reason = 'The bucket you tried to delete is not empty. You must delete all versions'
  expect(adviceFor(reason, 'AWS::S3::Bucket', 'prod')).toContain('let the template retain it')
  expect(adviceFor(reason, 'AWS::S3::Bucket', 'prod')).not.toContain('rs-nuke')
})

describe('the operations of a stack', () => {
  const update = [event('stack', 'UPDATE_IN_PROGRESS'), event('A', 'UPDATE_COMPLETE')]
  const failing = [
    event('stack', 'UPDATE_IN_PROGRESS'),
    event('B', 'UPDATE_FAILED', 'no'),
    event('stack', 'UPDATE_ROLLBACK_IN_PROGRESS'),
    event('stack', 'UPDATE_ROLLBACK_COMPLETE'),
  ]
  const history = [
    event('stack', 'REVIEW_IN_PROGRESS'),
    event('stack', 'CREATE_IN_PROGRESS'),
    event('stack', 'CREATE_COMPLETE'),
    ...failing,
    ...update,
    event('stack', 'UPDATE_COMPLETE'),
  ]

  it('begin with the stack’s own events, and a rollback is none of its own', () => {
    expect(operationsOf(history, arn).map(({ kind, status, failed }) => [kind, status, failed])).toEqual([
      ['operation', 'REVIEW_IN_PROGRESS', false],
      ['creation', 'CREATE_COMPLETE', false],
      ['update', 'UPDATE_ROLLBACK_COMPLETE', true],
      ['update', 'UPDATE_COMPLETE', false],
    ])
    expect(operationsOf(history, arn)[2]?.events).toEqual(failing)
    expect(operationsOf([], arn)).toEqual([])
  })

  it('take a rollback that is continued for the same operation', () => {
    const stuck = [...failing.slice(0, 3), event('stack', 'UPDATE_ROLLBACK_FAILED'), ...failing.slice(2)]
    expect(operationsOf(stuck, arn)).toHaveLength(1)
  })

  it('are read back no further than needed', () => {
    const back = (isEnough: (event: (typeof history)[number]) => boolean): number =>
      [...history].reverse().findIndex((one) => isEnough(one))
    expect(back(beginsOperation(arn))).toBe(2)
    expect(back(beginsFailure(arn))).toBe(6)
    expect([...update].reverse().some(beginsFailure(arn))).toBe(false)
  })

  it('succeed in no state that a deployment does not begin from', () => {
    for (const status of Object.keys(stackStates) as (keyof typeof stackStates)[]) {
      if (!isSuccess(status)) continue
      expect(['healthy', 'gone']).toContain(stackStates[status].situation)
    }
    expect(isSuccess('UPDATE_ROLLBACK_COMPLETE')).toBe(false)
  })
})

describe('the log of a function', () => {
  it('is what the function wrote, not what Lambda writes around it', () => {
    const lines = ['INIT_START x', 'START RequestId: 1', 'one', '', 'two', 'END RequestId: 1', 'REPORT RequestId: 1 x']
    expect(readableLines(lines, 5)).toEqual(['one', 'two'])
    expect(readableLines(lines, 1)).toEqual(['two'])
  })
})
