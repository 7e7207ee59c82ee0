//go:build unix

package durability_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// How much is tried. The defaults are for `go test ./...`; `make test-durability`
// gives its own, and more can be asked for.
var (
	kills = flag.Int("kills", 12, "processes killed")
	cuts  = flag.Int("cuts", 2, "power cuts")
	flips = flag.Int("flips", 16, "bits flipped")
	only  = flag.String("only", "", "flips bits in this kind of file only, such as db/*.sst")
	seed  = flag.Uint64("seed", 0, "repeats a run that failed; 0 picks one")
)

// childEnv makes the test binary one of the children below; its value is a task.
const childEnv = "WARROOM_TEST_DURABILITY"

func TestMain(m *testing.M) {
	if raw := os.Getenv(childEnv); raw != "" {
		var t task
		if err := json.Unmarshal([]byte(raw), &t); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		t.run()
		return
	}
	if code, done := inOwnMounts(); done {
		os.Exit(code)
	}
	flag.Parse()
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	os.Exit(m.Run())
}

// chance gives the random numbers of one round of a test, and says how to have
// them again when the test fails.
func chance(t *testing.T, round int) *rand.Rand {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again: make test-durability SEED=%d TESTFLAGS='-run %s'", *seed, t.Name())
		}
	})
	var name uint64
	for _, c := range t.Name() {
		name = name*31 + uint64(c)
	}
	return rand.New(rand.NewPCG(*seed, name+uint64(round)))
}

// share is how many of n fall to a test that gets one part in so many; at least
// one.
func share(n, parts int) int { return max(1, (n+parts-1)/parts) }

// required skips what this machine cannot do, or fails where WARROOM_E2E says
// that everything must be tried.
func required(t *testing.T, missing string) {
	t.Helper()
	if missing == "" {
		return
	}
	if os.Getenv("WARROOM_E2E") == "1" {
		require.Fail(t, "not tried: "+missing+"; WARROOM_E2E=1 asks for all")
	}
	t.Skip("NOT TRIED: " + missing)
}
