// Package durability is the suite that proves what storage promises: what was
// answered as durable is there after anything that a disk, a kernel or a power
// cut can do, or it is named as missing. It holds tests only; docs/durability.md
// says what each of them shows, and how to run more of them.
package durability
