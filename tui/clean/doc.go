// Package clean makes foreign text fit to show: alerts, teammates' words and
// command output are kept as they were written, and pass through here on their
// way to a screen or an export.
//
// Clean text has no control character, nothing invisible, nothing that turns the
// direction of its surroundings, and the same width in cells by every way the
// renderer has of counting them.
package clean
