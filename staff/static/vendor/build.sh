#!/bin/sh
# Makes the two files beside this one again, from npm (`make css`). Nobody needs Node to run the platform.
# What is left out on purpose: the typeface, the crown and the crest, which are for GOV.UK alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/vendor.scss" "$work/"
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --save-exact govuk-frontend@6.3.0 sass@1 >/dev/null
npx sass --style=compressed --no-source-map --load-path=node_modules vendor.scss made.css
sed 's#url("/assets/images/govuk-crest.svg")#none#g' made.css > "$here/govuk-frontend.min.css"
sed 's|//# sourceMappingURL=.*||' node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js > "$here/govuk-frontend.min.js"
if grep -l 'GDS Transport' "$here/govuk-frontend.min.css"; then echo "The typeface of GOV.UK came along" >&2; exit 1; fi
