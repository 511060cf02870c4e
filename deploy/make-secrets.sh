#!/bin/sh
# make-secrets.sh: writes the installation's key, the database's password and the address that holds it to
# deploy/secrets, each once.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
# The folder keeps others out; the containers' own users must be able to read the files.
chmod 700 secrets
drawn() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
if [ ! -e secrets/secret_key ]; then
    drawn 32 >secrets/secret_key
    chmod 444 secrets/secret_key
    echo "Written: deploy/secrets/secret_key."
fi
[ ! -e secrets/database_url ] || { echo "deploy/secrets has the database's password already."; exit 0; }
password=$(drawn 24)
printf '%s' "$password" >secrets/database_password
printf 'postgresql://jalon:%s@postgres/jalon' "$password" >secrets/database_url
chmod 444 secrets/database_password secrets/database_url
echo "Written: deploy/secrets/database_password and deploy/secrets/database_url."
