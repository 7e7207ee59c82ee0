package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhichBuildIsTheNewerOne(t *testing.T) {
	t.Parallel()
	at := func(version string, hours int) build {
		return build{Version: version, Revision: "0123456789abcdef", At: time.Unix(1_700_000_000, 0).Add(time.Duration(hours) * time.Hour)}
	}
	for _, c := range []struct {
		one, other build
		newer      bool
	}{
		{at("1.2.0", 0), at("1.1.9", 5), true},
		{at("1.10.0", 0), at("1.9.9", 0), true},
		{at("1.1.9", 5), at("1.2.0", 0), false},
		{at("1.2.0", 0), at("1.2.0", 0), false},
		{at("devel", 1), at("devel", 0), true},
		{at("devel", 0), at("devel", 1), false},
		{build{Version: "devel"}, at("devel", 1), false},
		{at("devel", 1), build{Version: "devel"}, false},
		{at("devel", 1), parseBuild("nonsense"), false},
		{build{Version: "devel"}, parseBuild("nonsense"), false},
	} {
		require.Equal(t, c.newer, c.one.newer(c.other), "%v %v", c.one, c.other)
		same := parseBuild(c.one.token())
		require.Equal(t, c.one.Version, same.Version)
		require.False(t, c.one.newer(same) || same.newer(c.one))
	}
}
