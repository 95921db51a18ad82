//! Both sides of a pair are in one folder.

fn main() {
    pairbench_build::registry("pairs", "pairs");
}
