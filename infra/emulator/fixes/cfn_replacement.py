"""A change set says which changes replace a resource.

AWS (template reference, "Update requires" of each property; ResourceTargetDefinition:
RequiresRecreation, API reference): `Always` for properties whose change replaces the resource,
`Never` for those changed in place; the change's Replacement is True when one is `Always`.

MiniStack 1.5.33 knows this for some types and says `Conditional` of the rest: a renamed bucket,
which means a new and empty one, looks as harmless as a changed description.
"""

from __future__ import annotations

from ministack.services.cloudformation import provisioners, stacks
from settings import Settings

# The replacing properties of types that MiniStack has no list for.
REPLACING: dict[str, tuple[str, ...]] = {
    "AWS::ApiGateway::Account": (),
    "AWS::ApiGateway::Deployment": ("DeploymentCanarySettings", "RestApiId"),
    "AWS::ApiGateway::GatewayResponse": ("ResponseType", "RestApiId"),
    "AWS::ApiGateway::RestApi": (),
    "AWS::ApiGateway::Stage": ("RestApiId", "StageName"),
    "AWS::CloudFront::Distribution": (),
    "AWS::CloudFront::OriginAccessControl": (),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::Cognito::UserPoolClient": ("GenerateSecret", "UserPoolId"),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::Lambda::Permission": ("Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "Principal",
                                "PrincipalOrgID", "SourceAccount", "SourceArn"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName", "BucketNamePrefix"),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SSM::Parameter": ("Name",),
}


def apply(settings: Settings) -> None:
    """Answer from the list; how an update is carried out stays as it is."""
    original = provisioners._property_recreation

    def property_recreation(kind: str, name: str) -> str:
        if kind in REPLACING and kind not in provisioners._REPLACING_PROPERTIES:
            return "Always" if name in REPLACING[kind] else "Never"
        answer: str = original(kind, name)
        return answer

    stacks._property_recreation = property_recreation
