"""How deltalake reaches a bucket of S3: as pyarrow does, which reads the files of the table."""

from __future__ import annotations

from smoothl1.errors import SettingsError
from smoothl1.files.stores.requests import timeout_s
from smoothl1.files.stores.retries import TRIES
from smoothl1.files.stores.s3 import options_of_s3
from smoothl1.files.uris import bucket_and_key, given_with

_NAMES = {
    "region": "AWS_REGION",
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
    "anonymous": "AWS_SKIP_SIGNATURE",
    "force_virtual_addressing": "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
}
"""The names of options, by those of pyarrow."""


def storage_options(uri: str) -> dict[str, str]:
    """The options of deltalake for a table.

    What neither a URI nor AWS_ENDPOINT_URL names, such as credentials, both libraries look for in
    the same places.

    Args:
        uri: A resolved URI.

    Raises:
        SettingsError: A parameter is not known, or deltalake has none like it.
    """
    given = given_with(uri)
    if "tls_ca_file_path" in given.parameters:
        what = "deltalake, which reads the log of this table, takes no tls_ca_file_path"
        raise SettingsError(what, path=uri, hint="add the certificate to those of the system")
    options = options_of_s3(bucket_and_key(uri)[0], given)
    found = {
        name: str(options[of]).lower() if isinstance(options[of], bool) else options[of]
        for of, name in _NAMES.items()
        if of in options
    }
    scheme, endpoint = options.get("scheme", "https"), options.get("endpoint_override")
    if endpoint is not None:
        found["AWS_ENDPOINT_URL"] = f"{scheme}://{endpoint}"
        found["AWS_ALLOW_HTTP"] = str(scheme == "http").lower()
    limit = f"{timeout_s():g}s"
    return {**found, "timeout": limit, "connect_timeout": limit, "max_retries": str(TRIES - 1)}
