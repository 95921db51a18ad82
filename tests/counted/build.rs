//! Pairs the files of `workloads/` and `python/`, and checks early that Python is there to build against.

fn main() {
    if std::env::var_os("CARGO_FEATURE_PYTHON").is_some() {
        pairbench_build::preflight();
    }
    pairbench_build::registry("workloads", "python");
    // An extension module leaves libpython's symbols open; macOS's linker has to be told.
    if std::env::var("CARGO_CFG_TARGET_VENDOR").as_deref() == Ok("apple") {
        println!("cargo::rustc-cdylib-link-arg=-undefined");
        println!("cargo::rustc-cdylib-link-arg=dynamic_lookup");
    }
}
