//! As any crate with pairs of its own: pairs the files, checks that Python is there, and finds its libpython again.

fn main() {
    pairbench_build::preflight();
    pairbench_build::registry("workloads", "python");
    pyo3_build_config::add_libpython_rpath_link_args();
}
