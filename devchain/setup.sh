#!/bin/sh
# Make everything devchain needs that is not in the repository; a second run changes nothing.
#
#   setup.sh           .venv, and .fixtures with the protocols' own bytecode for the scenario (38 MB down)
#   setup.sh --tests   also the ABIs the interface tests compare with
#
# Bytecode and ABIs of third parties come from pinned PyPI wheels, which are unpacked and never
# installed: their dependencies do not go together with ours, and their licences are their own.
set -eu
cd "$(dirname "$0")"

python=${PYTHON:-python3}
stamp=.venv/.requirements
if ! cmp -s requirements.txt "$stamp"; then
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
  cp requirements.txt "$stamp"
fi

# fixtures WHEEL==VERSION FOLDER FILE...: take files out of a wheel into .fixtures/FOLDER.
fixtures() {
  wheel=$1 folder=$2
  shift 2
  missing=
  for file; do
    [ -s ".fixtures/$folder/${file##*/}" ] || missing=yes
  done
  [ -n "$missing" ] || return 0
  mkdir -p .wheels ".fixtures/$folder"
  .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --dest .wheels "$wheel"
  .venv/bin/python - "$wheel" "$folder" "$@" <<'EOF'
import pathlib, sys, zipfile

name, _, version = sys.argv[1].partition("==")
wheel = next(pathlib.Path(".wheels").glob(f"{name.replace('-', '_')}-{version}-*.whl"))
with zipfile.ZipFile(wheel) as archive:
    for member in sys.argv[3:]:
        target = pathlib.Path(".fixtures", sys.argv[2], pathlib.PurePath(member).name)
        target.write_bytes(archive.read(member))
EOF
}

abis=safe_eth/eth/contracts/abis
fixtures safe-eth-py==7.27.0 safe \
  $abis/Safe_V1_4_1.json $abis/ProxyFactory_V1_4_1.json $abis/MultiSendCallOnly_V1_4_1.json \
  $abis/CompatibilityFallbackHandler_V1_4_1.json
fixtures eth-contract==0.4.1 eth-contract \
  eth_contract/txs/multicall3.tx eth_contract/abis/multicall3.json eth_contract/deployments/WETH9.json
abis=eth_defi/abi
fixtures web3-ethereum-defi==1.2 uniswap \
  $abis/uniswap_v3/UniswapV3Factory.json $abis/uniswap_v3/UniswapV3Pool.json \
  $abis/uniswap_v3/NFTDescriptor.json $abis/uniswap_v3/NonfungibleTokenPositionDescriptor.json \
  $abis/uniswap_v3/NonfungiblePositionManager.json $abis/uniswap_v3/QuoterV2.json \
  $abis/uniswap-swap-contracts/SwapRouter02.json
if [ "${1:-}" = --tests ]; then
  abis=eth_defi/abi/gmx
  fixtures web3-ethereum-defi==1.2 gmx \
    $abis/ExchangeRouter.json $abis/OrderHandler.json $abis/Reader.json $abis/DataStore.json \
    $abis/RoleStore.json $abis/Oracle.json $abis/eventemitter.json
fi
