package storage_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"warroom/storage"
)

// What is laid over the database reads as if it were in it.
func TestLayersReadAsOne(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 3))
			l, err := storage.NewLayers()
			require.NoError(t, err)
			defer func() { require.NoError(t, l.Close()) }()
			want := map[string]string{}
			key := func() string { return fmt.Sprintf("%c%02d", 'd'+rune(r.IntN(3)), r.IntN(30)) }
			for range r.IntN(60) {
				k := key()
				want[k] = "below"
				require.NoError(t, l.Below(k, []byte("below")))
			}
			for n := range r.IntN(8) {
				writes := map[string][]byte{}
				for range r.IntN(20) {
					k, v := key(), fmt.Sprint("over", n)
					writes[k], want[k] = []byte(v), v
					if r.IntN(3) == 0 {
						writes[k] = nil
						delete(want, k)
					}
				}
				l.Over(writes)
			}
			for _, prefix := range []string{"d", "e", "f", "e1", "x"} {
				for _, from := range []string{prefix, "e05", "e17", "f99"} {
					if from < prefix {
						continue
					}
					var list []string
					for k, v := range want {
						if strings.HasPrefix(k, prefix) && k >= from {
							list = append(list, k+"="+v)
						}
					}
					slices.Sort(list)
					got, err := l.Scan(prefix, from)
					require.NoError(t, err)
					require.Equal(t, list, got, "%s from %s", prefix, from)
				}
			}
			var keys, values []string
			for n := range 30 {
				if r.IntN(2) == 0 {
					k := fmt.Sprintf("e%02d", n)
					keys, values = append(keys, k), append(values, want[k])
				}
			}
			byCursor, byKey := l.Find("e", keys)
			require.Equal(t, values, byCursor)
			require.Equal(t, values, byKey)
		})
	}
}

func TestLayersReadAsOneBackwards(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 4))
		l, err := storage.NewLayers()
		require.NoError(t, err)
		key := func() string { return fmt.Sprintf("%c%02d", 'd'+rune(r.IntN(3)), r.IntN(30)) }
		for range r.IntN(60) {
			require.NoError(t, l.Below(key(), []byte("below")))
		}
		for n := range r.IntN(4) {
			writes := map[string][]byte{}
			for range r.IntN(20) {
				k := key()
				if writes[k] = fmt.Append(nil, "over", n); r.IntN(3) == 0 {
					writes[k] = nil
				}
			}
			l.Over(writes)
		}
		for _, prefix := range []string{"d", "e", "f", "e1", "x"} {
			for _, end := range []string{prefix + "\xff", prefix + "0", "e05", "e17", "f29"} {
				if !strings.HasPrefix(end, prefix) {
					continue
				}
				all, err := l.Scan(prefix, prefix)
				require.NoError(t, err)
				want := slices.DeleteFunc(all, func(s string) bool { return s[:strings.Index(s, "=")] >= end })
				slices.Reverse(want)
				got, err := l.ScanBack(prefix, end)
				require.NoError(t, err)
				require.Equal(t, strings.Join(want, " "), strings.Join(got, " "), "%s below %s", prefix, end)
			}
		}
		require.NoError(t, l.Close())
	}
}
