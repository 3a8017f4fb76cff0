"""The layer that CloudFormation sets: it wins over every file."""

from collections.abc import Mapping

from rawscribe.config.merge import Json

_PATHS = {
    "ENV": ("env",),
    "ORG": ("org",),
    "ENABLE_AUTH": ("auth", "required"),
    "COGNITO_REGION": ("auth", "cognito", "region"),
    "COGNITO_USER_POOL_ID": ("auth", "cognito", "userPoolId"),
    "COGNITO_CLIENT_ID": ("auth", "cognito", "clientId"),
    "FORMS_BUCKET": ("buckets", "forms"),
    "ELN_BUCKET": ("buckets", "eln"),
    "DRAFTS_BUCKET": ("buckets", "drafts"),
}


def environment_layer(environ: Mapping[str, str]) -> Json:
    """The config object that the variables spell; an empty one counts as not set."""
    layer: Json = {}
    for variable, (*parents, leaf) in _PATHS.items():
        value = environ.get(variable)
        if not value:
            continue
        section = layer
        for parent in parents:
            section = section.setdefault(parent, {})
        section[leaf] = value == "true" if variable == "ENABLE_AUTH" else value
    return layer
