"""Release: an assignment packed for a platform that grades each submission as it comes in."""
