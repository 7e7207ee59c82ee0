package alertmanager

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"

	"warroom/model"
)

// maxFingerprint is the longest fingerprint that is taken as it is; those of
// Alertmanager have 16 characters.
const maxFingerprint = 64

// identity is what makes two reports of an alert the same report.
type identity struct {
	fingerprint string
	starts      int64
	firing      bool
}

func (a Alert) identity() identity { return identity{a.Fingerprint, a.Starts, a.Firing} }

// compare orders alerts by fingerprint and start; the firing report of a start
// comes before the resolved one. Of two reports of the same the later is kept.
func compare(a, b Alert) int {
	order := func(firing bool) int {
		if firing {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Starts, b.Starts),
		cmp.Compare(order(a.Firing), order(b.Firing)), cmp.Compare(a.Ends, b.Ends), cmp.Compare(a.Text, b.Text),
	)
}

func normal(alerts []Alert) []Alert {
	slices.SortFunc(alerts, compare)
	return alerts
}

// fingerprint is the given one, if it is such a thing, else one made of the labels.
func fingerprint(given string, labels map[string]string) string {
	if isFingerprint(given) {
		return given
	}
	d := sha256.New()
	if given != "" {
		write(d, given)
	}
	writeLabels(d, labels)
	return hex.EncodeToString(d.Sum(nil))[:16]
}

func isFingerprint(s string) bool {
	if s == "" || len(s) > maxFingerprint {
		return false
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// group names the group of a body.
func group(w wire) model.Hash {
	if w.GroupKey != "" {
		return sha256.Sum256([]byte(w.GroupKey))
	}
	d := sha256.New()
	if len(w.GroupLabels) > 0 {
		write(d, w.Receiver)
		writeLabels(d, w.GroupLabels)
	} else {
		writeLabels(d, w.CommonLabels)
	}
	return model.Hash(d.Sum(nil))
}

func writeLabels(d hash.Hash, labels map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		write(d, name)
		write(d, labels[name])
	}
}

// write adds s with its length before it, so that no two lists of words are
// hashed from the same bytes.
func write(d hash.Hash, s string) {
	d.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
	d.Write([]byte(s))
}
