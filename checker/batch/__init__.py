"""Many submissions: find them in what an LMS gives, grade them side by side, keep every grade."""
