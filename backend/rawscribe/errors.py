"""Errors as clients see them: ``{"error": {"code", "message"}}``, never a stack trace."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from rawscribe.problems import describe_problems
from rawscribe.storage.errors import StorageConflictError, StorageError


class ApiError(Exception):
    """A refusal with an HTTP status, a code word for programs and a message for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The one shape of every error answer."""
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Register the handlers; what none of them takes becomes a 500 in the request log."""
    app.exception_handler(ApiError)(_refused)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_invalid_request)
    app.exception_handler(StorageConflictError)(_conflict)
    app.exception_handler(StorageError)(_storage_failed)


async def _refused(_: Request, error: ApiError) -> JSONResponse:
    return error_response(error.status, error.code, error.message)


async def _http_error(_: Request, error: HTTPException) -> JSONResponse:
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return error_response(error.status_code, code, str(error.detail), error.headers)


async def _invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
    problems = error.errors()
    if any(p["type"] == "json_invalid" for p in problems):
        return error_response(400, "invalid_json", "the body is not valid JSON")
    return error_response(422, "invalid_request", describe_problems(problems))


async def _conflict(_: Request, __: StorageConflictError) -> JSONResponse:
    return error_response(409, "conflict", "changed by another request meanwhile; read it again")


async def _storage_failed(_: Request, error: StorageError) -> JSONResponse:
    return error_response(502, "storage_failed", f"the storage did not do it ({error})")
