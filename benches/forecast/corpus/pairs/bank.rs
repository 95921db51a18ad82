//! Transfers between accounts, some of which are refused by an exception.

use crate::draw::*;
use pairbench::registry::prelude::*;
use std::collections::HashMap;

/// The pair.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "transfers between accounts")
        .input(generate)
        .cases("transfers", &[100, 12_000, 50_000])
        .rust(rust)
        .build()
}

#[derive(Serialize)]
struct Input {
    owners: Vec<String>,
    transfers: Vec<(String, String, i64)>,
}

fn generate(size: u64, seed: u64) -> Input {
    let mut rng = rng(seed);
    let owners: Vec<String> = (0..size / 40 + 1).map(|_| word(&mut rng, 2..=4)).collect();
    let mut transfer = |_| {
        let from = owners.choose(&mut rng).unwrap().clone();
        let to = owners.choose(&mut rng).unwrap().clone();
        (from, to, rng.random_range(1..=500))
    };
    let transfers = (0..size).map(&mut transfer).collect();
    Input { owners, transfers }
}

#[derive(Clone, Copy)]
enum Kind {
    Deposit,
    Withdraw,
}

struct Insufficient;

#[derive(Default)]
struct Account {
    balance: i64,
    history: Vec<(Kind, i64)>,
}

impl Account {
    fn deposit(&mut self, amount: i64) {
        self.balance += amount;
        self.history.push((Kind::Deposit, amount));
    }

    fn withdraw(&mut self, amount: i64) -> Result<(), Insufficient> {
        if amount > self.balance {
            return Err(Insufficient);
        }
        self.balance -= amount;
        self.history.push((Kind::Withdraw, amount));
        Ok(())
    }
}

#[derive(Default)]
struct Bank {
    accounts: HashMap<String, Account>,
}

impl Bank {
    fn account(&mut self, owner: &str) -> &mut Account {
        if !self.accounts.contains_key(owner) {
            self.accounts.insert(owner.to_string(), Account::default());
        }
        self.accounts.get_mut(owner).unwrap()
    }

    fn transfer(&mut self, from: &str, to: &str, amount: i64) -> Result<(), Insufficient> {
        self.account(from).withdraw(amount)?;
        self.account(to).deposit(amount);
        Ok(())
    }
}

fn rust(input: &Input) -> (usize, Vec<(String, i64, usize)>) {
    let mut bank = Bank::default();
    for owner in &input.owners {
        bank.account(owner).deposit(1000);
    }
    let mut failed = 0;
    for (from, to, amount) in &input.transfers {
        if bank.transfer(from, to, *amount).is_err() {
            failed += 1;
        }
    }
    let summary = |(owner, account): (String, Account)| (owner, account.balance, account.history.len());
    let mut accounts: Vec<_> = bank.accounts.into_iter().map(summary).collect();
    accounts.sort_unstable();
    (failed, accounts)
}
