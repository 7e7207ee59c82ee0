package model

import (
	"strconv"
	"strings"
	"time"
)

// ParseDay reads the last day for something: "2026-04-30", or in how many days, as "14"
// or "14d". It gives the end of that day in now's zone, and refuses with CodeDayUnreadable
// what is neither, what is past, and what is more than ten years away.
func ParseDay(typed string, now time.Time) (time.Time, error) {
	w := strings.TrimSpace(typed)
	day, err := time.ParseInLocation(time.DateOnly, w, now.Location())
	if n, wrong := strconv.Atoi(strings.TrimSuffix(w, "d")); wrong == nil && n >= 0 && n <= 3660 {
		day, err = now.AddDate(0, 0, n), nil
	}
	if err != nil {
		return time.Time{}, Refuse(CodeDayUnreadable, "Day", cutText(w, 40))
	}
	end := time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, now.Location())
	if end.Before(now) || end.After(now.AddDate(11, 0, 0)) {
		return time.Time{}, Refuse(CodeDayUnreadable, "Day", cutText(w, 40))
	}
	return end, nil
}
