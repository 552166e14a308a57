#!/bin/sh
# Makes the certificates of the tests anew, all with one key that protects nothing: a CA, and servers signed by it.
# `openssl ca` because it alone sets both dates.
set -e
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat > "$dir/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $dir/index
new_certs_dir = $dir
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
END
touch "$dir/index"
openssl ecparam -name prime256v1 -genkey -noout -out key.pem

sign() { # file, common name, extensions, last day, further arguments
  openssl req -new -key key.pem -subj "/CN=$2" -addext "$3" -out "$dir/$1.csr"
  openssl ca -batch -notext -config "$dir/ca.cnf" -keyfile key.pem -startdate 20200101000000Z -enddate "$4" \
    -in "$dir/$1.csr" -out "$1.pem" $5
}
sign ca "FleetCron test CA" "basicConstraints=critical,CA:TRUE" 21200101000000Z -selfsign
sign localhost localhost "subjectAltName=DNS:localhost,DNS:a.test,IP:127.0.0.1" 21200101000000Z "-cert ca.pem"
sign other-host other.example "subjectAltName=DNS:other.example" 21200101000000Z "-cert ca.pem"
sign expired localhost "subjectAltName=DNS:localhost,IP:127.0.0.1" 20210101000000Z "-cert ca.pem"
sign self-signed localhost "subjectAltName=DNS:localhost,IP:127.0.0.1" 21200101000000Z -selfsign
