package config

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// ErrNoHome says that neither HOME nor the XDG variable of a folder is set, so
// that there is nowhere to look or to keep.
var ErrNoHome = errors.New("no home folder: HOME is not set")

// Paths are where a user's things are.
type Paths struct {
	// File is the config file, Themes the folder of the user's own themes.
	File   string
	Themes string
	// Data holds a folder for each workspace.
	Data string
}

// Locate finds the user's folders from the environment: XDG_CONFIG_HOME and
// XDG_DATA_HOME, else the system's custom under HOME. It makes nothing. It
// fails with ErrNoHome; the paths that could be found are given all the same.
func Locate(getenv func(string) string) (Paths, error) {
	configHome, err1 := base(getenv, "XDG_CONFIG_HOME", ".config", func() string { return xdg.ConfigHome })
	dataHome, err2 := base(getenv, "XDG_DATA_HOME", filepath.Join(".local", "share"), func() string { return xdg.DataHome })
	var p Paths
	if configHome != "" {
		p.File = filepath.Join(configHome, "warroom", "config.toml")
		p.Themes = filepath.Join(configHome, "warroom", "themes")
	}
	if dataHome != "" {
		p.Data = filepath.Join(dataHome, "warroom")
	}
	return p, errors.Join(err1, err2)
}

// base is the folder that a variable names. As the standard has it, a path
// that is not absolute does not count.
func base(getenv func(string) string, variable, under string, custom func() string) (string, error) {
	if dir := getenv(variable); filepath.IsAbs(dir) {
		return filepath.Clean(dir), nil
	}
	home := getenv("HOME")
	switch {
	case !filepath.IsAbs(home):
		return "", ErrNoHome
	case home == xdg.Home && os.Getenv(variable) == "":
		return custom(), nil // other systems have other customs
	}
	return filepath.Join(home, under), nil
}
