package main

import "time"

// patience is for a slow machine; a test that works waits for none of it.
const patience = time.Minute
