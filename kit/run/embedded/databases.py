"""One role and one database per service, made by an administrator; no role can enter another's database."""

from collections.abc import Mapping
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from kit.contracts.event_type import VAULTS
from kit.run.embedded.ports import HOST
from kit.run.embedded.processes import EngineFailed

EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
"""In every database. All three are *trusted*: an administrator need not be a superuser to add them."""
FURTHER: Mapping[str, tuple[str, ...]] = {"triage": ("vector",)}
"""In one service's database. pgvector is not trusted: without a superuser it must be there beforehand."""
_OLDEST = 18

Connection = psycopg.Connection[tuple[object, ...]]

_PATIENCE_SECONDS = 30
"""For a connection while the platform starts: a busy machine takes its time to fork one."""


def role(name: str) -> str:
    """The role of a service, and the name of its database."""
    return f"newstart_{name}"


def schema(vault: str, vaults: Mapping[str, str] = VAULTS) -> str:
    """The schema that a vault's role has to itself: `vault` for `risk_vault`."""
    return vault.removeprefix(f"{vaults[vault]}_")


def address(admin_url: str, name: str, password: str, *, database: str | None = None) -> str:
    """What a service's process gets as NEWSTART_DATABASE_URL: the administrator's server, its own role.

    Options of the administrator's address (sslmode and the like) are kept. Raises EngineFailed when it is
    none.
    """
    try:
        parts = psycopg.conninfo.conninfo_to_dict(plain(admin_url))
    except psycopg.Error as error:
        raise EngineFailed(f"NEWSTART_POSTGRES_ADMIN_URL is no PostgreSQL address: {error}") from None
    host, port = str(parts.pop("host", HOST)), parts.pop("port", 5432)
    options = {key: str(value) for key, value in parts.items() if key not in {"user", "password", "dbname"}}
    if host.startswith("/"):
        # A folder with a Unix socket goes into the query.
        options["host"], host = host, ""
    query = f"?{urlencode(options)}" if options else ""
    database = database or role(VAULTS.get(name, name))
    return f"postgresql+psycopg://{role(name)}:{password}@{host}:{port}/{database}{query}"


def plain(url: str) -> str:
    """An address as libpq reads it, whoever wrote it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def prepare(
    admin_url: str, passwords: Mapping[str, str], *, own_server: bool, vaults: Mapping[str, str] = VAULTS
) -> None:
    """Makes roles, databases and extensions where missing, and sets each role's password. Safe to repeat.

    `own_server`: the whole server is ours, so that only the administrator needs the database `postgres`.
    A name among `vaults` gets a schema of its own in its owner's database in place of a database.
    Raises EngineFailed when the server is too old, cannot be reached, or the administrator may not do this.
    """
    admin_url = plain(admin_url)
    kept_apart = [name for name in passwords if name in vaults]
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=_PATIENCE_SECONDS) as admin:
            _check_rights(admin)
            for name, password in passwords.items():
                make_role(admin, role(name), password)
                if name not in vaults:
                    make_database(admin, role(name), owner=role(name))
            for vault in kept_apart:
                open_to_vault(admin, role(vaults[vault]), role(vault))
            if own_server:
                for shared in ("postgres", "template1"):
                    closing = sql.SQL("revoke connect on database {} from public")
                    admin.execute(closing.format(sql.Identifier(shared)))
        for name in passwords:
            if name in vaults:
                continue
            with psycopg.connect(
                admin_url, dbname=role(name), autocommit=True, connect_timeout=_PATIENCE_SECONDS
            ) as inside:
                add_extensions(inside, name)
                for vault in kept_apart:
                    if vaults[vault] == name:
                        make_vault(inside, schema(vault, vaults), role(vault))
    except psycopg.Error as error:
        # libpq's message names host, user and database, never the password.
        raise EngineFailed(f"PostgreSQL's administrator cannot prepare the databases: {str(error).strip()}") from error


def add_extensions(inside: Connection, service: str = "") -> None:
    """The extensions of one database, by its administrator.

    Raises EngineFailed when the server lacks one, or when one that is not there yet needs a superuser.
    """
    wanted = (*EXTENSIONS, *FURTHER.get(service, ()))
    rows = inside.execute("select name, installed_version is not null from pg_available_extensions")
    there = {str(name): bool(installed) for name, installed in rows}
    if missing := set(wanted) - set(there):
        raise EngineFailed(f"the PostgreSQL server lacks the extensions {', '.join(sorted(missing))}")
    for extension in wanted:
        try:
            inside.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
        except psycopg.errors.InsufficientPrivilege:
            database = inside.info.dbname
            raise EngineFailed(
                f"a superuser must run once, in the database {database}: create extension {extension}"
            ) from None


def _check_rights(admin: Connection) -> None:
    major = admin.info.server_version // 10_000
    if major < _OLDEST:
        raise EngineFailed(
            f"PostgreSQL {_OLDEST} or later is needed; the server behind the address is PostgreSQL {major}"
        )
    found = admin.execute(
        "select rolsuper or rolcreaterole, rolsuper or rolcreatedb from pg_roles where rolname = current_user"
    ).fetchone()
    rights = ("create roles", "create databases")
    lacking = [right for right, has in zip(rights, found or (False, False), strict=True) if not has]
    if lacking:
        raise EngineFailed(
            f"the user {admin.info.user} of NEWSTART_POSTGRES_ADMIN_URL may not "
            f"{' and may not '.join(lacking)}: give it CREATEROLE and CREATEDB"
        )


def make_role(admin: Connection, name: str, password: str) -> None:
    """Makes the role where it is missing, and sets its password."""
    # Only the SCRAM verifier goes over: statements end up in logs and in pg_stat_statements.
    verifier = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    exists = admin.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone()
    statement = "alter role {} password {}" if exists else "create role {} login password {}"
    admin.execute(sql.SQL(statement).format(sql.Identifier(name), sql.Literal(verifier)))


def make_database(admin: Connection, name: str, *, owner: str, template: str = "template0") -> None:
    """Makes the database where it is missing; nobody but its owner and administrators may enter it."""
    if not admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        if not _is_superuser(admin):
            # Anyone else must be a member of the role to give it the database.
            admin.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(owner)))
        admin.execute(
            sql.SQL("create database {} owner {} template {}").format(*map(sql.Identifier, (name, owner, template)))
        )
    admin.execute(sql.SQL("revoke connect, temporary on database {} from public").format(sql.Identifier(name)))


def open_to_vault(admin: Connection, database: str, name: str) -> None:
    """Lets a vault's role into its owner's database; what it meets there is its own schema and nothing else."""
    granting = sql.SQL("grant connect, temporary on database {} to {}")
    admin.execute(granting.format(sql.Identifier(database), sql.Identifier(name)))


def make_vault(inside: Connection, schema: str, name: str) -> None:
    """A schema that `name` owns and nobody else may enter, and the owner's schema closed to it.

    Raises psycopg.Error when the administrator may not.
    """
    if not _is_superuser(inside):
        inside.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(name)))
    making = sql.SQL("create schema if not exists {} authorization {}")
    inside.execute(making.format(sql.Identifier(schema), sql.Identifier(name)))
    # Everybody may look into a fresh `public`; its owner keeps what it has.
    inside.execute("revoke all on schema public from public")
    inside.execute(sql.SQL("revoke all on schema {} from public").format(sql.Identifier(schema)))
    # A name without its schema means the vault's own table, in statements and in migrations.
    path = sql.SQL("alter role {} set search_path = {}")
    inside.execute(path.format(sql.Identifier(name), sql.Identifier(schema)))


def _is_superuser(admin: Connection) -> bool:
    return admin.info.parameter_status("is_superuser") == "on"
