#!/bin/sh
# A copy of every database of the platform, each by its own role: backup.sh FOLDER
# DATABASE_URL_<NAME> says where each is (NAME: GATEWAY, TRIAGE, ... and RISK_VAULT, which is a schema of risk's).
# All are begun at once, so that what they show lies within a second. NATS is not copied: it only carries, and is
# filled again from the outboxes. KEEP_DAYS (14) is how long a copy is kept.
set -eu
folder=$1
keep=${KEEP_DAYS:-14}
name=$(date -u +%Y%m%dT%H%M%SZ)
part="$folder/.part-$name"
umask 077
mkdir -p "$part"
trap 'rm -rf "$part"' EXIT

copies=
for service in gateway triage casefile risk risk_vault grants housing; do
	eval "url=\$DATABASE_URL_$(echo "$service" | tr a-z A-Z)"
	case $service in
		risk) which=--schema=public ;;
		risk_vault) which=--schema=vault ;;
		*) which= ;;
	esac
	# SQLAlchemy's name for the driver goes: libpq knows none.
	pg_dump --format=custom --compress=gzip:6 --lock-wait-timeout=60s $which \
		--file="$part/$service.dump" "postgresql://${url#*://}" &
	copies="$copies $!"
done
for copy in $copies; do wait "$copy"; done

(cd "$part" && sha256sum ./*.dump > SHA256SUMS)
mv "$part" "$folder/$name"
find "$folder" -mindepth 1 -maxdepth 1 -type d -name '20*T*Z' -mtime "+$keep" -exec rm -rf {} +
echo "$folder/$name: $(du -sk "$folder/$name" | cut -f1) KiB"
