"""Containers of Azure: what a URI and the environment say about their account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from smoothl1.errors import SettingsError

if TYPE_CHECKING:
    from smoothl1.files.uris import Given

_PARAMETERS = (
    "account_key",
    "sas_token",
    "tenant_id",
    "client_id",
    "client_secret",
    "blob_storage_authority",
    "blob_storage_scheme",
    "dfs_storage_authority",
    "dfs_storage_scheme",
)
"""The parameters of a URI, by the names of pyarrow."""

_ENVIRONMENT = {
    "AZURE_STORAGE_KEY": "account_key",
    "AZURE_STORAGE_ACCOUNT_KEY": "account_key",
    "AZURE_STORAGE_SAS_TOKEN": "sas_token",
}
"""Variables that other tools of Azure read, too, but pyarrow does not."""

_SECRETS = ("account_key", "sas_token", "client_secret")

_HINT = "abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY"


def container_and_options(authority: str, given: Given) -> tuple[str, dict[str, Any]]:
    """The container, and the options of pyarrow's file system for its account.

    Args:
        authority: The container and the account: `container@account.dfs.core.windows.net`.
        given: What was given with them.

    Raises:
        SettingsError: A parameter is not known, or no container or account is named.
    """
    container, _, host = authority.rpartition("@")
    account = host.partition(".")[0]
    if not (container and account):
        raise SettingsError("names no container or no account", hint=_HINT)
    options = {"account_name": account, **given.parameters}
    for parameter in given.parameters:
        if parameter not in _PARAMETERS:
            what = f"no parameter of abfs:// is called {parameter}"
            raise SettingsError(what, hint=f"there are {', '.join(_PARAMETERS)}")
    if password := given.user[1]:
        options["account_key"] = password
    if options.keys().isdisjoint(_SECRETS):
        options |= _of_environment()
    return container, options


def _of_environment() -> dict[str, str]:
    found = ((name, os.environ.get(variable)) for variable, name in _ENVIRONMENT.items())
    return dict([(name, value) for name, value in found if value][:1])
