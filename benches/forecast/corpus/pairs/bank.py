"""Transfers between accounts, some of which are refused by an exception."""

from dataclasses import dataclass, field


@dataclass
class Account:
    owner: str
    balance: int = 0
    history: list = field(default_factory=list)

    def deposit(self, amount):
        self.balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("insufficient")
        self.balance -= amount
        self.history.append(("withdraw", amount))


class Bank:
    def __init__(self):
        self.accounts = {}

    def account(self, owner):
        if owner not in self.accounts:
            self.accounts[owner] = Account(owner)
        return self.accounts[owner]

    def transfer(self, a, b, amount):
        try:
            self.account(a).withdraw(amount)
        except ValueError:
            return False
        self.account(b).deposit(amount)
        return True


def python(owners, transfers):
    bank = Bank()
    failed = 0
    for owner in owners:
        bank.account(owner).deposit(1000)
    for a, b, amount in transfers:
        if not bank.transfer(a, b, amount):
            failed += 1
    return [failed, sorted((x.owner, x.balance, len(x.history)) for x in bank.accounts.values())]
