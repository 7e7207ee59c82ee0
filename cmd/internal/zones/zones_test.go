package zones_test

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"warroom/cmd/internal/zones"
)

func TestTheNearestZoneIsFound(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Europe/Bruxelles": "Europe/Brussels", "Europe/Brussel": "Europe/Brussels", "europe/brussels": "Europe/Brussels", "Brussels": "Europe/Brussels",
		"Europe/Londres": "Europe/London", "Europe/Londen": "Europe/London", "Europe/Parijs": "Europe/Paris", "Europe/Lisbonne": "Europe/Lisbon",
		"America/New York": "America/New_York", "America/NewYork": "America/New_York", "Ameria/New_York": "America/New_York", "Asia/Singapour": "Asia/Singapore",
		"America/Argentina/Buenos Ares": "America/Argentina/Buenos_Aires", "utc": "UTC", "CETT": "CET", "Berlin": "Europe/Berlin",
		"": "", "Mars/Olympus_Mons": "", "\x00": "", "Europe/": "", strings.Repeat("x", 1000): "",
	} {
		require.Equal(t, want, zones.Nearest(typed), typed)
	}
}

func TestEachNameIsAZone(t *testing.T) {
	t.Parallel()
	names := zones.Names()
	require.True(t, slices.IsSorted(names))
	for _, n := range names {
		_, err := time.LoadLocation(n)
		require.NoError(t, err, n)
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	require.NoError(t, err)
	z, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if os.IsNotExist(err) {
		t.Skip("this Go has no zoneinfo.zip")
	}
	require.NoError(t, err)
	defer z.Close()
	var have []string
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "/") {
			have = append(have, f.Name)
		}
	}
	slices.Sort(have)
	require.Equal(t, have, names, "write names.txt anew")
}
