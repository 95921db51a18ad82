//! Pairs the files of `workloads/` and `python/`, and checks early that Python is there to build against.

fn main() {
    if std::env::var_os("CARGO_FEATURE_PYTHON").is_some() {
        pairbench_build::preflight();
    }
    pairbench_build::registry("workloads", "python");
    pairbench_build::extension_module();
}
