package main

import (
	"bytes"
	"crypto/sha256"
	"os"

	"warroom/model"
)

// machineOf names this machine, as a hash: a uid is one of one machine. Where the
// machine has no id of its own, as in many containers, its host name must do.
func machineOf() model.MachineID {
	raw, err := os.ReadFile("/etc/machine-id")
	raw = bytes.TrimSpace(raw)
	if err != nil || len(raw) == 0 || string(raw) == "uninitialized" {
		host, err := os.Hostname()
		if err != nil {
			host = "localhost"
		}
		raw = []byte("host " + host)
	}
	sum := sha256.Sum256(append([]byte("warroom machine v1 "), raw...))
	return model.MachineID(sum[:len(model.MachineID{})])
}
