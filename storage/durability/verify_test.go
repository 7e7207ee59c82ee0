//go:build unix

package durability_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/stretchr/testify/require"

	"warroom/model"
	"warroom/storage"
)

// What has a right checksum is no damage to the database; only the proof of the
// log tells that it is not what was signed.
func TestChangedEventIsNamedByVerify(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	program := filepath.Join(home, "warroom")
	out, err := exec.Command("go", "build", "-o", program, "../../cmd/warroom").CombinedOutput()
	require.NoError(t, err, string(out))
	run := func(args ...string) (string, error) {
		c := exec.Command(program, args...)
		c.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "XDG_DATA_HOME=" + filepath.Join(home, "data"),
			"XDG_CONFIG_HOME=" + filepath.Join(home, "config"), "XDG_RUNTIME_DIR=" + home, "LANG=C.UTF-8", "USER=ana"}
		out, err := c.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{
		{"open", "Checkout 5xx"}, {"log", "rolled back"}, {"log", "errors are going down"}, {"log", "all is well"},
	} {
		out, err := run(args...)
		require.NoError(t, err, "%v: %s", args, out)
	}
	said, err := run("verify", "-o", "json")
	require.NoError(t, err, said)

	keys, err := filepath.Glob(filepath.Join(home, "data", "warroom", "*", "device.key"))
	require.NoError(t, err)
	require.Len(t, keys, 1)
	log, seq := changeOneEvent(t, filepath.Join(filepath.Dir(keys[0]), "db"))

	said, err = run("verify", "-o", "json")
	require.Error(t, err, "what was changed passed the proof")
	var proofs []struct {
		Faults []struct {
			Log string
			Seq uint64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(said[:bytes.LastIndexByte([]byte(said), ']')+1]), &proofs), said)
	require.Len(t, proofs, 1)
	require.NotEmpty(t, proofs[0].Faults, said)
	require.Equal(t, seq, proofs[0].Faults[0].Seq, said)
	require.Equal(t, log.String(), proofs[0].Faults[0].Log, said)
}

// changeOneEvent changes a byte of the signature of the last event of some log,
// below the journal, and names it.
func changeOneEvent(t *testing.T, db string) (log model.LogID, seq uint64) {
	t.Helper()
	d, err := badger.Open(badger.DefaultOptions(db).WithExternalMagic(storage.Layout).WithLogger(nil).WithCompression(options.None))
	require.NoError(t, err)
	require.NoError(t, d.Update(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{'e'}})
		defer it.Close()
		var key, value []byte
		for it.Rewind(); it.Valid(); it.Next() {
			if at := binary.BigEndian.Uint64(it.Item().Key()[1+model.IDSize:]); at > seq {
				var err error
				if value, err = it.Item().ValueCopy(nil); err != nil {
					return err
				}
				key, seq = it.Item().KeyCopy(nil), at
			}
		}
		if key == nil {
			return errors.New("there is no event")
		}
		log = model.LogID(key[1 : 1+model.IDSize])
		value[model.EnvelopeSize-1] ^= 1 // the signature ends the envelope
		return txn.Set(key, value)
	}))
	require.NoError(t, d.Close())
	return log, seq
}
