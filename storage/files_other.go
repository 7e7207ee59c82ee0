//go:build !unix

package storage

// filesFree is how many more files this process may have open now, as far as n; there is
// no such limit here that would matter.
func filesFree(n int) int { return n }
