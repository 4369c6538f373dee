#!/bin/sh
# Puts a copy back into empty databases: restore.sh FOLDER [NAME]; without NAME the newest.
# Nothing is overwritten: a database that has tables already is refused. The databases, their roles and extensions must
# be there (make_secrets --prepare-databases, or CloudNativePG); afterwards migrate, declare the topology, and let each
# service republish (docs/runbooks/restore-drill.md).
set -eu
folder=$1
name=${2:-$(ls "$folder" | grep -E '^20[0-9]{6}T[0-9]{6}Z$' | tail -n 1)}
copy="$folder/$name"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd "$copy" && sha256sum --check --quiet SHA256SUMS)

address() {
	eval "url=\$DATABASE_URL_$(echo "$1" | tr a-z A-Z)"
	echo "postgresql://${url#*://}"
}

services="gateway triage casefile risk risk_vault grants housing"
for service in $services; do
	schema=public
	[ "$service" = risk_vault ] && schema=vault
	tables=$(psql -XAtq -c "select count(*) from pg_tables where schemaname = '$schema'" "$(address "$service")")
	[ "$tables" = 0 ] || { echo "$service: has $tables tables already; nothing was restored" >&2; exit 1; }
done
for service in $services; do
	# Extensions and schemas belong to the administrator and are there.
	pg_restore --list "$copy/$service.dump" | sed -E '/ (EXTENSION|SCHEMA|COMMENT) - /d' > "$scratch/$service.list"
	pg_restore --exit-on-error --single-transaction --use-list="$scratch/$service.list" \
		--dbname="$(address "$service")" "$copy/$service.dump"
	psql -XAtq -c analyze "$(address "$service")" 2>/dev/null || true
	echo "$service: restored from $copy"
done
