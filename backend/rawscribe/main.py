"""Entry point of the Lambda function: ``rawscribe.main.handler``.

The handler takes REST API proxy events (payload version 1.0). A deployment tool may invoke a
function version directly; this is the smallest event that is understood::

    {"resource": "/health", "path": "/health", "httpMethod": "GET", "requestContext": {}}

The answer is ``{"statusCode": 200, "headers": {...}, "multiValueHeaders": {},
"body": "<JSON text>", "isBase64Encoded": false}``. ``path`` carries no stage, as API Gateway sends
it.
"""

import os
import time

from mangum import Mangum

from rawscribe.app import create_app

app = create_app(os.environ, time.monotonic)
if os.environ.get("CONFIG_S3_BUCKET"):
    # The first request reads the config. To a start, Lambda gives more processor than to a call.
    app.state.services.s3.prepare()
handler = Mangum(app, lifespan="off")
