package storage

// hostOf says nothing there yet.
func hostOf(string) (Host, error) { return Host{}, nil }
