"""Read sales as CSV, total them by region and product, and write a report as CSV."""

import csv
import io


def python(text):
    totals = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["state"] == "cancelled":
            continue
        key = (row["region"], row["product"])
        quantity = int(row["quantity"])
        total = totals.setdefault(key, {"orders": 0, "quantity": 0, "cents": 0})
        total["orders"] += 1
        total["quantity"] += quantity
        total["cents"] += quantity * int(row["cents"])
    out = io.StringIO()
    writer = csv.DictWriter(out, ["region", "product", "orders", "quantity", "mean"])
    writer.writeheader()
    for (region, product), total in sorted(totals.items()):
        writer.writerow(
            {
                "region": region,
                "product": product,
                "orders": total["orders"],
                "quantity": total["quantity"],
                "mean": total["cents"] // total["quantity"] if total["quantity"] else "",
            }
        )
    return out.getvalue()
