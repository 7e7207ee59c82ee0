package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

// sick is a store that says how it is.
type sick struct {
	storage.Store
	health storage.Health
}

func (s sick) Health() storage.Health { return s.health }

func TestEverybodyIsToldWhatTheStoreLacks(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is broken")
	for name, c := range map[string]struct {
		health storage.Health
		says   []string
	}{
		"nothing":                        {storage.Health{}, nil},
		"room on the disk":               {storage.Health{JournalOnly: true}, []string{"warning.journal"}},
		"files to open":                  {storage.Health{JournalOnly: true, FewFiles: true}, []string{"warning.files"}},
		"few files, and nothing waits":   {storage.Health{FewFiles: true}, nil},
		"a database that can be written": {storage.Health{JournalOnly: true, FewFiles: true, Failed: broken}, []string{"warning.store"}},
		"a sound database":               {storage.Health{Damaged: broken}, []string{"warning.damaged"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var says []string
			for _, p := range warnings(sick{storage.NewMemory(), c.health})() {
				says = append(says, p.Key)
			}
			require.Equal(t, c.says, says)
		})
	}
}
