// Package room is the running room: it takes commands, makes what they become
// durable, folds it, and tells the screens that something changed.
//
// One goroutine owns the logs, the folds and the store's writing side. It takes
// what has queued up since the last commit, decides and seals all of it, commits
// it in one transaction, and only then answers and publishes: nobody sees an act
// that is not on disk. Readers get immutable views and wait for nobody.
package room
