"""Opens a keystore with eth-account, for the test that it can read what this project writes.

Standard input: {"file": keystore text, "password": hex}. Standard output: the private key in hex.
"""
import json
import sys

from eth_account import Account

case = json.load(sys.stdin)
print(Account.decrypt(json.loads(case["file"]), bytes.fromhex(case["password"])).hex().removeprefix("0x"))
