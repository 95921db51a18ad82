//! As in any crate with its own pairs: pairs the files, checks that Python is there, and helps to find libpython.

fn main() {
    pairbench_build::preflight();
    pairbench_build::registry("workloads", "python");
    pyo3_build_config::add_libpython_rpath_link_args();
}
