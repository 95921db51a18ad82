"""Invoices with Decimal: discounts, tax rounded by line, and totals by rate."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def python(invoices):
    taxes = {}
    total = Decimal(0)
    largest = Decimal(0)
    for customer_discount, lines in invoices:
        discount = Decimal(customer_discount) / HUNDRED
        amount = Decimal(0)
        for quantity, price, rate in lines:
            net = quantity * Decimal(price)
            net -= (net * discount).quantize(CENT, ROUND_HALF_EVEN)
            tax = (net * Decimal(rate) / HUNDRED).quantize(CENT, ROUND_HALF_UP)
            taxes[rate] = taxes.get(rate, Decimal(0)) + tax
            amount += net + tax
        total += amount
        largest = max(largest, amount)
    return [total, largest.quantize(CENT), sorted(taxes.items())]
