//! A grey picture cleaned by a median filter of 5 × 5: each pixel becomes the median of itself and its neighbours.
//!
//! Scanners, microscopes and cameras leave single wrong pixels. A median removes them and keeps edges where they are,
//! which a mean does not; it comes before text is recognised, before cells are counted. Work of this kind is cut into
//! bands of rows, and a band needs two rows of each of its neighbours.
//!
//! It does not show pictures larger than the caches, nor what a band costs to move over a network. And hardly
//! anybody filters pictures in plain Python: what people use for it are NumPy, Pillow and OpenCV, of which NumPy
//! is here. Both sides sort the 25 values of each pixel; libraries for pictures keep counts while they move along.
//!
//! Beyond the edge the outermost pixels go on, so there has to be a row.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// The picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Pixels in a row.
    width: usize,
    /// Row after row, 0 is black.
    #[serde(with = "serde_bytes")]
    pixels: Vec<u8>,
}

/// Light that falls off to one side, some bright and dark boxes with sharp edges, noise, and single wrong pixels.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let height = size as usize;
    let width = height + height / 2 + 1;
    let mut pixels: Vec<u8> = (0..width * height)
        .map(|at| match rng.random_range(0..40_u8) {
            0 => 0,
            1 => 255,
            noise => (40 + 120 * (at % width) / width) as u8 + noise,
        })
        .collect();
    for _ in 0..12 {
        let (left, top) = (rng.random_range(0..width), rng.random_range(0..height));
        let (right, bottom) = (rng.random_range(left..width), rng.random_range(top..height));
        let shade = if rng.random() {
            255
        } else {
            rng.random_range(0..20)
        };
        for row in pixels.chunks_exact_mut(width).take(bottom + 1).skip(top) {
            row[left..=right].fill(shade);
        }
    }
    Input { width, pixels }
}

/// The medians of a band, which has two rows more at its top and two at its bottom.
fn smooth(width: usize, band: &[u8]) -> Vec<u8> {
    let padded: Vec<Vec<u8>> = band
        .chunks_exact(width)
        .map(|row| [&[row[0]; 2], row, &[row[width - 1]; 2]].concat())
        .collect();
    let mut smoothed = Vec::with_capacity(band.len() - 4 * width);
    for rows in padded.windows(5) {
        smoothed.extend((0..width).map(|x| {
            let mut around = [0; 25];
            for (part, row) in around.chunks_exact_mut(5).zip(rows) {
                part.copy_from_slice(&row[x..x + 5]);
            }
            around.sort_unstable();
            around[12]
        }));
    }
    smoothed
}

/// What `native` calls: [`smooth`] without the interpreter's lock, so that Python's threads run side by side.
#[cfg(feature = "python")]
#[pyo3::pyfunction(name = "smooth")]
fn smooth_detached<'py>(
    py: pyo3::Python<'py>,
    width: usize,
    band: &[u8],
) -> pyo3::Bound<'py, pyo3::types::PyBytes> {
    let smoothed = py.detach(|| smooth(width, band));
    pyo3::types::PyBytes::new(py, &smoothed)
}

impl Input {
    /// The picture with its first and last row repeated twice.
    fn padded(&self) -> Vec<u8> {
        let (first, last) = (
            &self.pixels[..self.width],
            &self.pixels[self.pixels.len() - self.width..],
        );
        [first, first, &self.pixels, last, last].concat()
    }
}

fn rust(input: &Input) -> Vec<u8> {
    smooth(input.width, &input.padded())
}

fn rayon(input: &Input) -> Vec<u8> {
    let (width, pixels) = (input.width, input.padded());
    let height = pixels.len() / width - 4;
    // Some bands a thread, so that none waits long for the last.
    let rows = height.div_ceil(2 * rayon::current_num_threads());
    let bands: Vec<Vec<u8>> = (0..height.div_ceil(rows))
        .into_par_iter()
        .map(|band| {
            let end = ((band + 1) * rows).min(height) + 4;
            smooth(width, &pixels[band * rows * width..end * width])
        })
        .collect();
    bands.concat()
}

/// Refuses pictures without pixels, and pixels that do not fill their last row.
fn valid(input: &Input) -> bool {
    input.width > 0 && !input.pixels.is_empty() && input.pixels.len().is_multiple_of(input.width)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Parallel,
        "a grey picture cleaned by a median filter, band by band",
    )
    .input(generate)
    .digs(valid)
    .cases("rows", &[9, 100, 500])
    .python(&["numpy", "threads", "processes", "subinterpreters", "native"])
    .native(pairbench::native![smooth_detached])
    .replaces("smooth")
    .rust(rust)
    .rust_variant_with(
        "rayon",
        || rayon::ThreadPoolBuilder::new().build().unwrap(),
        |pool, input| pool.install(|| rayon(input)),
    )
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(width: usize, pixels: &[u8]) -> Vec<u8> {
        let input = Input {
            width,
            pixels: pixels.to_vec(),
        };
        let smoothed = rust(&input);
        assert_eq!(smoothed, rayon(&input));
        smoothed
    }

    #[test]
    fn a_wrong_pixel_goes_and_an_edge_stays() {
        let mut pixels = [0; 49];
        pixels[3 * 7 + 3] = 255;
        assert_eq!(run(7, &pixels), [0; 49]);
        let edge: Vec<u8> = (0..49).map(|at| if at % 7 < 3 { 10 } else { 200 }).collect();
        assert_eq!(run(7, &edge), edge);
    }

    #[test]
    fn the_thirteenth_of_25_is_taken() {
        // 0, 1, … 24 mixed up: 7 and 25 have no common factor.
        let pixels: Vec<u8> = (0..25).map(|at| (at * 7 % 25) as u8).collect();
        assert_eq!(run(5, &pixels)[12], 12);
    }

    #[test]
    fn an_even_picture_stays_as_it_is_up_to_its_edges() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (13, 40)] {
            for shade in [0, 1, 254, 255] {
                let pixels = vec![shade; width * height];
                assert_eq!(run(width, &pixels), pixels, "{width} × {height}");
            }
        }
    }

    #[test]
    fn beyond_the_edge_the_outermost_pixels_go_on() {
        // 0, 0, 0, 255, 255 | 0, 0, 255, 255, 255 around the two pixels, and the same in each row.
        assert_eq!(run(2, &[0, 255]), [0, 255]);
        assert_eq!(run(1, &[0, 255]), [0, 255]);
        // Of 25 around the second, ten are 7, five are 8 and ten are 9.
        assert_eq!(run(3, &[7, 8, 9]), [7, 8, 9]);
    }

    #[test]
    fn any_size_gives_a_whole_picture() {
        for size in [1, 2, 5, 33] {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                assert_eq!(input.pixels.len(), input.width * size as usize);
                assert_eq!(run(input.width, &input.pixels).len(), input.pixels.len());
            }
        }
    }
}
