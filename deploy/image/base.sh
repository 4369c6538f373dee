#!/bin/sh
# Two base images from this machine's own Debian packages, for where no registry can be reached:
#   deploy/image/base.sh        -> localhost/newstart-base (Python, certificates), localhost/newstart-builder (and pip)
#   make image BASE=localhost/newstart-base BUILDER=localhost/newstart-builder IMAGE_FLAGS="--isolation chroot --network host"
# Needs mmdebstrap and buildah, and root. The packages come from whatever /etc/apt names.
set -eu
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# make_image NAME PACKAGES
make_image() {
	mmdebstrap --quiet --variant=essential --include="$2" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
		"$suite" "$scratch/root.tar" $(find /etc/apt/sources.list /etc/apt/sources.list.d -name '*.list' -o -name '*.sources' 2>/dev/null)
	container=$(buildah from scratch)
	buildah add -q "$container" "$scratch/root.tar" / >/dev/null
	buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --env LANG=C.UTF-8 "$container"
	buildah commit -q --rm "$container" "localhost/$1" >/dev/null
	rm "$scratch/root.tar"
	echo "localhost/$1"
}

runtime=python3,libstdc++6,python-is-python3,ca-certificates,tzdata,media-types
make_image newstart-base "$runtime"
make_image newstart-builder "$runtime,python3-pip,python3-venv"
