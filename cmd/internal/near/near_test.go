package near_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/near"
)

func TestTheNearestNameIsFound(t *testing.T) {
	t.Parallel()
	names := []string{"status", "set", "sev", "resolve", "export"}
	for typed, want := range map[string]string{
		"statsu": "status", "stauts": "status", "exprot": "export", "resolv": "resolve", "see": "set",
		"kubectl": "", "": "", "x": "", "status": "status",
	} {
		require.Equal(t, want, near.Of(typed, names), typed)
	}
}
